/// The members of a JSON object, in the order they were written.
public struct JSONObject: Sendable {
    let document: JSONDocument
    let index: Int

    /// The value of a member, nil when there is none of that name.
    public subscript(name: String) -> JSONValue? {
        var wanted = name
        return wanted.withUTF8 { wanted in
            let wanted = UnsafeRawBufferPointer(wanted)
            var child = index + 1
            let end = document.end(of: index)
            while child < end {
                let isWanted = document.withUTF8(at: child) { $0.count == wanted.count && $0.elementsEqual(wanted) }
                if isWanted { return JSONValue(document: document, index: child + 1) }
                child = document.next(after: child + 1)
            }
            return nil
        }
    }

    /// The value of a member that must be there; it may be null.
    ///
    /// - Throws: `JSONError.missing`.
    public func required(_ name: String) throws(JSONError) -> JSONValue {
        guard let value = self[name] else {
            throw .missing(pointer: document.pointer(to: index) + "/" + JSONDocument.escape(name))
        }
        return value
    }

    /// The value of a member, nil when it is absent or null.
    public func optional(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    /// Whether there is a member of that name, null or not.
    public func contains(_ name: String) -> Bool {
        self[name] != nil
    }

    /// All members.
    public var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = []
        var child = index + 1
        let end = document.end(of: index)
        while child < end {
            members.append((document.text(at: child), JSONValue(document: document, index: child + 1)))
            child = document.next(after: child + 1)
        }
        return members
    }
}
