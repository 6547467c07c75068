/// Who may change what a channel says about permissions: contracts/cosmos.md 6.5, as one pure function.
enum PermissionGrant {
    /// - Parameters:
    ///   - before: what the channel says.
    ///   - after: what it shall say.
    ///   - inherited: what everyone has where the channel says nothing.
    ///   - holder: what the one who changes it may do there.
    /// - Throws: `CommunityError.cannotGrant` with the bits that the holder lacks.
    static func check(
        from before: StoredRules, to after: StoredRules, inherited: Permissions, holder: Permissions
    ) throws(CommunityError) {
        // The owner and administrators have everything; nobody else has this bit.
        guard !holder.contains(.administrator) else { return }
        var changed = (before.everyone ?? inherited).symmetricDifference(after.everyone ?? inherited)
        for override in after.overrides {
            changed.formUnion(override.permissions.subtracting(before.permissions(of: override)))
        }
        // A denial that goes is an allowance; an allowance that goes gives nobody anything.
        for override in before.overrides where override.kind == .roleDeny || override.kind == .memberDeny {
            changed.formUnion(override.permissions.subtracting(after.permissions(of: override)))
        }
        // Who may change rules is for those to say who have everything: it cannot be passed on.
        let lacking = changed.subtracting(holder).union(changed.intersection(.manageRoles))
        guard lacking.isEmpty else { throw .cannotGrant(lacking) }
    }
}

extension StoredRules {
    /// The bits of the rule of the same kind and target.
    fileprivate func permissions(of override: PermissionOverride) -> Permissions {
        overrides.first { $0.kind == override.kind && $0.targetID == override.targetID }?.permissions ?? []
    }
}
