import HTTP
import JSON

@testable import Dawchat

/// Forms without a request.
enum Forms {
    static func make(_ json: String) throws -> RequestForm {
        try RequestForm(try JSONValue.parse(Array(json.utf8)), in: "load")
    }
}

/// The short name and the detail of the problem that a closure throws, nil when it throws none.
func problem(_ body: () throws -> Void) -> Problem? {
    do {
        try body()
        return nil
    } catch {
        return error as? Problem
    }
}
