/// Runs statements that read.
///
/// Statements are literals with `$1` parameters, so that each is prepared once per connection and no value is ever part of one.
public protocol SQLReader {
    /// Runs a statement and hands its rows over, one after the other.
    ///
    /// - Throws: `DatabaseError`, or what `row` throws.
    func run(_ sql: StaticString, _ parameters: [SQLValue], row: (Row) throws -> Void) throws
}

extension SQLReader {
    /// All rows of a statement.
    public func query<Value>(_ sql: StaticString, _ parameters: [SQLValue] = [], _ map: (Row) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try run(sql, parameters) { values.append(try map($0)) }
        return values
    }

    /// The first row of a statement, nil when there is none.
    public func first<Value>(_ sql: StaticString, _ parameters: [SQLValue] = [], _ map: (Row) throws -> Value) throws -> Value? {
        var value: Value?
        try run(sql, parameters) { row in
            if value == nil { value = try map(row) }
        }
        return value
    }
}
