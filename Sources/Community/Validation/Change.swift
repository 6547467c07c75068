/// What a request says about a value that may be missing.
public enum Change<Value: Sendable & Equatable>: Sendable, Equatable {
    /// Nothing: it stays as it is.
    case keep
    /// It is this from now on; nil: there is none any more.
    case set(Value?)

    /// The value after the change.
    func applied(to present: Value?) -> Value? {
        switch self {
        case .keep: present
        case .set(let value): value
        }
    }

    /// What it is set to; nil when it is kept or removed.
    var newValue: Value? {
        if case .set(let value) = self { return value }
        return nil
    }
}

extension Change<String> {
    /// With an empty text meaning that there is none.
    var emptyAsNone: Change<String> {
        newValue?.isEmpty == true ? .set(nil) : self
    }
}
