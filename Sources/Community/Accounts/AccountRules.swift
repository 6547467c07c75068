/// What a way of registering asks of names and passwords: clients of each API have their own rules, and one account serves all.
public struct AccountRules: Sendable, Equatable {
    /// Characters of a username.
    var username: ClosedRange<Int>
    /// Whether a username may have other characters than ASCII letters, digits, `_`, `.` and `-`; never control characters.
    var allowsAnyCharacter: Bool
    /// Whether a username consists of letters, digits and `_`, begins with a letter, and is not that of the server itself.
    var isWord = false
    /// Characters of a password, where the operator does not ask for more; nil: as the operator has set.
    private var password: ClosedRange<Int>?

    /// contracts/chat.md section 2.
    public static let standard = AccountRules(username: Limits.username, allowsAnyCharacter: false, password: nil)
    /// contracts/reileta.md 1.4: letters, digits and `_`, with a letter in front.
    public static let registry = AccountRules(
        username: Limits.registryUsername, allowsAnyCharacter: false, isWord: true, password: Limits.registryPassword)
    /// contracts/dawchat.md 1.3.
    public static let free = AccountRules(username: Limits.freeUsername, allowsAnyCharacter: true, password: Limits.freePassword)

    /// Characters of a password.
    func passwordLength(setByOperator length: ClosedRange<Int>) -> ClosedRange<Int> {
        guard let password else { return length }
        return min(max(password.lowerBound, length.lowerBound), password.upperBound)...password.upperBound
    }
}
