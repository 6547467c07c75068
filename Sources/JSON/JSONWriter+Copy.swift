extension JSONWriter {
    /// Writes a value that was read, as it is.
    public mutating func copy(_ value: JSONValue) {
        switch value.kind {
        case .null: null()
        case .bool: self.value((try? value.bool()) ?? false)
        case .integer: self.value((try? value.integer()) ?? 0)
        case .unsigned: self.value((try? value.unsigned()) ?? 0)
        case .double: self.value((try? value.double()) ?? 0)
        case .string: self.value((try? value.string()) ?? "")
        case .array:
            array { json in for element in (try? value.array()) ?? [] { json.copy(element) } }
        case .object:
            object { json in
                for (name, member) in (try? value.object().members) ?? [] {
                    json.key(name)
                    json.copy(member)
                }
            }
        }
    }
}
