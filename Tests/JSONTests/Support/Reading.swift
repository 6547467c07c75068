import JSON

/// Reads a text as one document.
func read(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8), limits: limits)
}

/// The error with which bytes are refused, nil when they are read.
func refusal(of bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError? {
    do throws(JSONError) {
        _ = try JSONValue.parse(bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// Whether bytes are refused as no JSON at all, whatever the reason.
func isMalformed(_ bytes: [UInt8]) -> Bool {
    if case .malformed = refusal(of: bytes) { true } else { false }
}
