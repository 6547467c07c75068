internal import Observability

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The password that `roost admin` is given: the first line of the standard input.
enum PasswordInput {
    /// Waits for the line. A person at a terminal is asked, and what is typed is not shown.
    static func read() -> String {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return InputFile.firstLine(of: STDIN_FILENO) }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        StandardError.write(Array("Password: ".utf8))
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            StandardError.write(Array("\n".utf8))
        }
        return InputFile.firstLine(of: STDIN_FILENO)
    }
}
