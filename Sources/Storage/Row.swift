internal import CPostgres
internal import CSQLite

/// One row of a result. Good only inside the closure that gets it.
public struct Row {
    enum Place {
        /// The statement that has been stepped to the row.
        case sqlite(OpaquePointer)
        /// A result in binary format, and the row in it.
        case postgres(OpaquePointer, Int32)
    }

    let place: Place

    /// An integer.
    public func integer(_ column: Int) throws(DatabaseError) -> Int64 {
        guard let value = try optionalInteger(column) else { throw .unexpectedColumn(column: column, expected: "an integer") }
        return value
    }

    /// A text.
    public func text(_ column: Int) throws(DatabaseError) -> String {
        guard let value = try optionalText(column) else { throw .unexpectedColumn(column: column, expected: "a text") }
        return value
    }

    /// Bytes.
    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        guard let value = try optionalBlob(column) else { throw .unexpectedColumn(column: column, expected: "a blob") }
        return value
    }

    /// A flag: an integer that is not 0.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        try integer(column) != 0
    }

    /// An integer, or nil for NULL.
    public func optionalInteger(_ column: Int) throws(DatabaseError) -> Int64? {
        switch place {
        case .sqlite(let statement):
            switch sqlite3_column_type(statement, Int32(column)) {
            case SQLITE_NULL: return nil
            case SQLITE_INTEGER: return sqlite3_column_int64(statement, Int32(column))
            default: throw .unexpectedColumn(column: column, expected: "an integer")
            }
        case .postgres(let result, let row):
            guard let bytes = try Self.bytes(result, row, column, of: Self.integerTypes, "an integer"), let first = bytes.first else {
                return nil
            }
            // Big-endian two's complement; a BOOLEAN is one byte.
            return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
        }
    }

    /// A text, or nil for NULL.
    public func optionalText(_ column: Int) throws(DatabaseError) -> String? {
        switch place {
        case .sqlite(let statement):
            switch sqlite3_column_type(statement, Int32(column)) {
            case SQLITE_NULL: return nil
            case SQLITE_TEXT:
                let text = sqlite3_column_text(statement, Int32(column))
                let count = Int(sqlite3_column_bytes(statement, Int32(column)))
                return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
            default: throw .unexpectedColumn(column: column, expected: "a text")
            }
        case .postgres(let result, let row):
            return try Self.bytes(result, row, column, of: Self.textTypes, "a text").map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Bytes, or nil for NULL.
    public func optionalBlob(_ column: Int) throws(DatabaseError) -> [UInt8]? {
        switch place {
        case .sqlite(let statement):
            switch sqlite3_column_type(statement, Int32(column)) {
            case SQLITE_NULL: return nil
            case SQLITE_BLOB:
                let count = Int(sqlite3_column_bytes(statement, Int32(column)))
                return Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, Int32(column)), count: count))
            default: throw .unexpectedColumn(column: column, expected: "a blob")
            }
        case .postgres(let result, let row):
            return try Self.bytes(result, row, column, of: Self.blobTypes, "a blob").map { Array($0) }
        }
    }

    // PostgreSQL's numbers of its types, from its pg_type.dat.
    /// boolean, bigint, smallint, integer.
    private static let integerTypes: [Oid] = [16, 20, 21, 23]
    /// name, text, varchar.
    private static let textTypes: [Oid] = [19, 25, 1043]
    /// bytea.
    private static let blobTypes: [Oid] = [17]

    private static func bytes(_ result: OpaquePointer, _ row: Int32, _ column: Int, of types: [Oid], _ expected: String)
        throws(DatabaseError) -> UnsafeRawBufferPointer?
    {
        guard PQgetisnull(result, row, Int32(column)) == 0 else { return nil }
        guard types.contains(PQftype(result, Int32(column))) else { throw .unexpectedColumn(column: column, expected: expected) }
        return UnsafeRawBufferPointer(start: PQgetvalue(result, row, Int32(column)), count: Int(PQgetlength(result, row, Int32(column))))
    }
}
