public import Primitives

/// The conditions that a request puts on its being carried out (RFC 9110 section 13).
public struct Preconditions: Sendable {
    /// What to do with the request.
    public enum Outcome: Sendable, Equatable {
        /// Carry it out.
        case proceed
        /// 304: the client has it already.
        case notModified
        /// 412: it is not what the client thinks it is.
        case failed
    }

    private let ifMatch: EntityTagList?
    private let ifNoneMatch: EntityTagList?
    private let ifModifiedSince: Timestamp?
    private let ifUnmodifiedSince: Timestamp?

    /// The conditions of a request. A date that is none counts as absent (RFC 9110 13.1.3).
    public init(_ headers: RequestHeaders) {
        ifMatch = EntityTagList(headers.all("if-match"))
        ifNoneMatch = EntityTagList(headers.all("if-none-match"))
        ifModifiedSince = Self.date(headers, "if-modified-since")
        ifUnmodifiedSince = Self.date(headers, "if-unmodified-since")
    }

    /// Looks at the conditions in the order of RFC 9110 13.2.2. `If-Range`, the last of them, is `RangeRequest`'s.
    ///
    /// - Parameters:
    ///   - entityTag: of the present representation; nil when it has none.
    ///   - lastModified: when it changed last, if that is known; whole seconds count.
    ///   - exists: whether there is a representation: `*` asks for that alone.
    public func evaluate(method: HTTPMethod, entityTag: EntityTag?, lastModified: Timestamp?, exists: Bool = true) -> Outcome {
        if let ifMatch {
            guard Self.matches(ifMatch, entityTag, exists, by: { $0.matchesStrongly($1) }) else { return .failed }
        } else if let ifUnmodifiedSince, let lastModified, lastModified.seconds > ifUnmodifiedSince.seconds {
            return .failed
        }
        if let ifNoneMatch {
            guard Self.matches(ifNoneMatch, entityTag, exists, by: { $0.matchesWeakly($1) }) else { return .proceed }
            return method.isRead ? .notModified : .failed
        }
        if method.isRead, let ifModifiedSince, let lastModified, lastModified.seconds <= ifModifiedSince.seconds {
            return .notModified
        }
        return .proceed
    }

    private static func matches(
        _ list: EntityTagList, _ present: EntityTag?, _ exists: Bool, by compare: (EntityTag, EntityTag) -> Bool
    ) -> Bool {
        switch list {
        case .any: exists
        case .tags(let tags): present.map { present in tags.contains { compare($0, present) } } ?? false
        }
    }

    private static func date(_ headers: RequestHeaders, _ name: String) -> Timestamp? {
        let values = headers.all(name)
        return values.count == 1 ? Timestamp(httpDate: values[0]) : nil
    }
}
