internal import Primitives

/// Reads the documents that an S3-compatible store answers with, of each only what is needed.
enum S3Answer {
    /// One page of ListObjectsV2.
    struct Page: Equatable {
        struct Entry: Equatable {
            var key: String
            /// Bytes.
            var size: Int64
            var storedAt: Timestamp
        }

        var entries: [Entry] = []
        /// Asks for the next page; nil on the last one.
        var continuation: String?
    }

    /// Reads a page.
    ///
    /// - Returns: nil when an element is missing or is not what it should be: half a list must not pass for the whole.
    static func page(_ bytes: [UInt8]) -> Page? {
        guard let elements = elements(bytes), elements.root == "ListBucketResult" else { return nil }
        var page = Page()
        for content in elements.children where content.name == "Contents" {
            guard let key = content.text("Key"), let size = content.text("Size").flatMap({ Int64($0) }), size >= 0,
                let storedAt = content.text("LastModified").flatMap({ Timestamp(rfc3339: $0) })
            else { return nil }
            page.entries.append(Page.Entry(key: key, size: size, storedAt: storedAt))
        }
        switch elements.children.last(where: { $0.name == "IsTruncated" })?.value {
        case "false": return page
        case "true":
            page.continuation = elements.children.last { $0.name == "NextContinuationToken" }?.value
            return page.continuation == nil ? nil : page
        default: return nil
        }
    }

    /// The code in the document that describes an error, such as `AccessDenied`; letters and digits only, because it goes into a log.
    static func errorCode(_ bytes: [UInt8]) -> String? {
        guard let elements = elements(bytes), elements.root == "Error" else { return nil }
        let code = elements.children.first { $0.name == "Code" }?.value ?? ""
        return (1...64).contains(code.count) && code.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } ? code : nil
    }

    /// An element below the root, with its text and those of the elements in it.
    private struct Element {
        var name: String
        var value = ""
        var members: [(name: String, value: String)] = []

        func text(_ name: String) -> String? {
            members.last { $0.name == name }?.value
        }
    }

    /// The elements of the first two levels below the root; nil for what is no whole document. What is deeper is passed over.
    private static func elements(_ bytes: [UInt8]) -> (root: String, children: [Element])? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scanner = XMLScanner(text)
        var open: [String] = []
        var root: String?
        var children: [Element] = []
        do {
            while let event = try scanner.next() {
                switch event {
                case .start(let name):
                    if open.isEmpty {
                        guard root == nil else { return nil }
                        root = name
                    } else if open.count == 1 {
                        children.append(Element(name: name))
                    } else if open.count == 2 {
                        children[children.count - 1].members.append((name, ""))
                    }
                    open.append(name)
                case .end(let name):
                    guard open.popLast() == name else { return nil }
                case .text(let text):
                    if open.count == 2 {
                        children[children.count - 1].value += text
                    } else if open.count == 3 {
                        let element = children.count - 1
                        children[element].members[children[element].members.count - 1].value += text
                    }
                }
            }
        } catch {
            return nil
        }
        guard open.isEmpty, let root else { return nil }
        return (root, children)
    }
}
