internal import Primitives

/// What somebody wants to change about a space.
public struct SpaceChanges: Sendable, Equatable {
    /// 1 to 100 characters, trimmed; nil: as it is.
    public var name: String?
    /// At most 1024 characters.
    public var description: Change<String>
    /// 1 to 2048 characters.
    public var iconURL: Change<String>
    /// Who owns the space from now on: a member. Only the owner may say so.
    public var ownerID: AccountID?

    /// Changes; what is not named stays as it is.
    public init(
        name: String? = nil, description: Change<String> = .keep, iconURL: Change<String> = .keep, ownerID: AccountID? = nil
    ) {
        self.name = name?.trimmed
        self.description = description
        self.iconURL = iconURL
        self.ownerID = ownerID
    }

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.line(name, in: Limits.spaceName, "name")
        checks.text(description.newValue, in: Limits.description, "description")
        checks.line(iconURL.newValue, in: Limits.pictureURL, "icon_url")
        try checks.finish()
    }

    /// The space after the changes.
    func applied(to space: Space) -> Space {
        var space = space
        space.name = name ?? space.name
        space.description = description.applied(to: space.description)
        space.iconURL = iconURL.applied(to: space.iconURL)
        space.ownerID = ownerID ?? space.ownerID
        return space
    }
}
