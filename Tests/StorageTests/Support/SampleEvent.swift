import Storage

extension EventDraft {
    /// An event whose subject is its number.
    static func sample(_ number: Int, scope: EventScope = .space, _ scopeID: Int64 = 1, data: String? = nil) -> EventDraft {
        EventDraft(scope: scope, scopeID: scopeID, kind: 1, subjectID: Int64(number), data: data)
    }
}
