internal import CSQLite

/// A prepared statement. SQLite numbers `$n` by its first use, so the place of each parameter is looked up once.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// For each place the index of the parameter that belongs there.
    private let parameterOfPlace: [Int]

    init(_ handle: OpaquePointer) {
        self.handle = handle
        parameterOfPlace = (0..<sqlite3_bind_parameter_count(handle)).map { place in
            guard let name = sqlite3_bind_parameter_name(handle, place + 1), let number = Int(String(cString: name).dropFirst()) else {
                return -1
            }
            return number - 1
        }
    }

    func bind(_ parameters: [SQLValue]) {
        for (index, parameter) in parameterOfPlace.enumerated() where parameters.indices.contains(parameter) {
            let place = Int32(index + 1)
            switch parameters[parameter] {
            case .null: sqlite3_bind_null(handle, place)
            case .integer(let value): sqlite3_bind_int64(handle, place, value)
            case .text(var text):
                text.withUTF8 { bytes in
                    _ = roost_sqlite_bind_text(handle, place, bytes.baseAddress, Int32(bytes.count))
                }
            case .blob(let bytes):
                bytes.withUnsafeBytes { _ = roost_sqlite_bind_blob(handle, place, $0.baseAddress, Int32($0.count)) }
            }
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func finalize() {
        sqlite3_finalize(handle)
    }
}
