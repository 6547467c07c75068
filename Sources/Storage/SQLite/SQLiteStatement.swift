internal import CSQLite

/// A prepared statement. SQLite numbers `$n` by its first use, so the place of each parameter is looked up once.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// For each place the index of the parameter that belongs there.
    private let parameterOfPlace: [Int]
    /// How many parameters it takes.
    private let parameterCount: Int

    init(_ handle: OpaquePointer) {
        self.handle = handle
        parameterOfPlace = (0..<sqlite3_bind_parameter_count(handle)).map { place in
            guard let name = sqlite3_bind_parameter_name(handle, place + 1), let number = Int(String(cString: name).dropFirst()) else {
                return -1
            }
            return number - 1
        }
        parameterCount = (parameterOfPlace.max() ?? -1) + 1
    }

    /// Whether its rows are being read: then it cannot begin again.
    var isRunning: Bool { sqlite3_stmt_busy(handle) != 0 }

    func bind(_ parameters: [SQLValue]) throws(DatabaseError) {
        // SQLite would take NULL for one that is missing.
        guard parameters.count == parameterCount else {
            throw .statement(code: String(SQLITE_RANGE), reason: "\(parameterCount) parameters are needed, not \(parameters.count)")
        }
        for (index, parameter) in parameterOfPlace.enumerated() where parameter >= 0 {
            let place = Int32(index + 1)
            try parameters[parameter].requireStorable()
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
