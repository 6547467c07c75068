internal import Community
internal import JSON
internal import Primitives

/// The JSON shapes of contracts/chat.md section 2, written straight into bytes. Ids are decimal strings, times whole seconds UTC.
///
/// Each object is spread over a file of its own; what they share stands here.
enum Wire {
    /// Writes an id under its own name and again as `id` (section 1, "alias id").
    static func identity(_ name: StaticString, _ id: Int64, to json: inout JSONWriter) {
        let text = String(id)
        json.member(name, text)
        json.member("id", text)
    }

    /// Writes a time, or null.
    static func time(_ name: StaticString, _ time: Timestamp?, to json: inout JSONWriter) {
        json.member(name, time?.rfc3339)
    }

    /// One object as the bytes of a body.
    static func object(capacity: Int = 512, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        return json.bytes
    }

    /// A list as the bytes of a body (section 1, "lists").
    static func list<Item>(_ items: [Item], _ write: (Item, inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + items.count * 256)
        json.array { json in
            for item in items {
                json.object { write(item, &$0) }
            }
        }
        return json.bytes
    }
}
