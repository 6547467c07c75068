@testable import HTTP

/// Structured fields: what is read is written in one form, and that form reads back as the same.
enum StructuredFieldsHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let dictionary = try? StructuredDictionary(parsing: lines) {
            let again = try? StructuredDictionary(parsing: [dictionary.serialized])
            try require(again == dictionary, "the dictionary \(dictionary.serialized) comes back as another")
            try require(again?.serialized == dictionary.serialized, "the dictionary \(dictionary.serialized) has two forms")
            try require(again?.repeatsKey == false, "a canonical dictionary repeats a key")
            for (key, value) in dictionary.members { try require(dictionary[key] == value, "the member \(key) is not found") }
        }
        if let list = try? StructuredList(parsing: lines) {
            let again = try? StructuredList(parsing: [list.serialized])
            try require(again == list, "the list \(list.serialized) comes back as another")
            try require(again?.serialized == list.serialized, "the list \(list.serialized) has two forms")
        }
        guard let item = try? StructuredItem(parsing: lines) else { return }
        try require(item.serialized.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "an item is written in more than printable ASCII")
        let again = try? StructuredItem(parsing: [item.serialized])
        try require(again == item, "the item \(item.serialized) comes back as another")
        try require(again?.serialized == item.serialized, "the item \(item.serialized) has two forms")
    }
}
