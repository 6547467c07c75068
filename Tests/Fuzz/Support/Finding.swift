/// Something that must not be, found with some input.
struct Finding: Error, CustomStringConvertible {
    var description: String
}

/// Fails with a finding unless the condition holds.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Finding) {
    guard condition else { throw Finding(description: description()) }
}
