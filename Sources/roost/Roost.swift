import Server

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The command `roost`.
@main
struct Roost {
    static func main() async {
        let code = await Program(environment: environment).run(Array(CommandLine.arguments.dropFirst()))
        exit(code.rawValue)
    }

    /// The variables of the process.
    private static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }
}
