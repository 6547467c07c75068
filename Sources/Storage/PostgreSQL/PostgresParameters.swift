/// Parameters as libpq takes them: integers and texts in text format, bytes in binary format.
struct PostgresParameters {
    private var storage: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ parameters: [SQLValue]) throws(DatabaseError) {
        for parameter in parameters {
            try parameter.requireStorable()
            switch parameter {
            case .null: append(nil, isBinary: false)
            case .integer(let value): append(Array(String(value).utf8), isBinary: false)
            case .text(let text): append(Array(text.utf8), isBinary: false)
            case .blob(let bytes): append(bytes, isBinary: true)
            }
        }
        // So that there is an address even when there are no bytes.
        storage.append(0)
    }

    private mutating func append(_ bytes: [UInt8]?, isBinary: Bool) {
        offsets.append(bytes == nil ? nil : storage.count)
        lengths.append(Int32(bytes?.count ?? 0))
        formats.append(isBinary ? 1 : 0)
        guard let bytes else { return }
        storage += bytes
        // Text ends with NUL for libpq.
        storage.append(0)
    }

    func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        storage.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { offset in base.map { $0 + offset } } }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(pointers.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
