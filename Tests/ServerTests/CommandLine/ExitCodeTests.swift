import Blobs
import Community
import Reactor
import Security
import Storage
import Testing

@testable import Server

/// contracts/configuration.md, "exit codes: 0 stopped in order, 64 bad usage, 78 bad configuration, 69 a needed service is missing (database), 73 data
/// folder in use or from a newer version, 70 anything else".
struct ExitCodeTests {
    private struct Surprise: Error {}

    @Test func theCodesAreThoseOfTheContract() {
        let codes: [ExitCode] = [.success, .badUsage, .unavailable, .failure, .dataFolder, .badConfiguration]
        #expect(codes.map(\.rawValue) == [0, 64, 69, 70, 73, 78])
    }

    @Test func aWrongCommandLineIsToldWithTheUsage() {
        let (code, sentence) = Program.explain(Command.Misuse(reason: "a command is missing"))
        #expect(code == .badUsage)
        #expect(sentence.hasPrefix("a command is missing\n"))
        #expect(sentence.hasSuffix(Command.usage))
    }

    @Test func aBadConfigurationIsToldWithItsPlace() {
        let (code, sentence) = Program.explain(ConfigurationError(place: "roost.yaml:3", reason: "unknown key a"))
        #expect(code == .badConfiguration)
        #expect(sentence == "roost.yaml:3: unknown key a")
    }

    @Test(
        arguments: [
            (.inUse(path: "data"), .dataFolder), (.newerSchema(component: "community", found: 9, known: 1), .dataFolder),
            (.unavailable(reason: "refused"), .unavailable), (.checksumMismatch(component: "community", version: 1), .failure),
            (.closed, .failure), (.queueFull(limit: 1), .failure), (.statement(code: "1", reason: "no"), .failure),
            (.uniqueViolation(constraint: "c"), .failure), (.constraintViolation(reason: "no"), .failure),
        ] as [(DatabaseError, ExitCode)]) func eachFailureOfTheDatabaseHasItsCode(_ error: DatabaseError, _ expected: ExitCode)
    {
        let (code, sentence) = Program.explain(error)
        #expect(code == expected)
        #expect(sentence == error.description)
    }

    /// "69 a needed service is missing".
    @Test func theStoreOfFilesIsANeededService() {
        let (code, sentence) = Program.explain(BlobError.unavailable(reason: "the S3 store answered GET with 403 (AccessDenied)"))
        #expect(code == .unavailable)
        #expect(sentence == "The store of files is not available: the S3 store answered GET with 403 (AccessDenied)")
        let (damaged, count) = Program.explain(BlobsCommand.Failure.damaged(3))
        #expect(damaged == .failure && count.hasPrefix("3 files are damaged."))
    }

    @Test(
        arguments: [
            (KeyFile.Failure.tooOpen(path: "data/roost.key"), "data/roost.key"),
            (KeyFile.Failure.wrongLength(path: "data/roost.key", expected: 32), "32"),
            (ReadyFile.Failure(path: "ready", reason: "No space left on device"), "ready cannot be written: No space left on device"),
            (DataFolder.Failure(path: "/data", reason: "Permission denied"), "/data cannot be made: Permission denied"),
            (CommunityError.usernameTaken, "taken"), (CommunityError.unknownAccount, "no such account"), (Surprise(), "Surprise"),
        ] as [(any Error, String)]) func everythingElseIs70(_ error: any Error, _ part: String)
    {
        let (code, sentence) = Program.explain(error)
        #expect(code == .failure)
        #expect(sentence.contains(part))
    }

    /// `roost admin create --username 'a b'`: the command line holds what is no good.
    @Test func aBadNameOrPasswordIsBadUsage() {
        let fields = [
            InvalidField(name: "username", code: "C", message: "Too short."), InvalidField(name: "password", code: "C", message: "Empty."),
        ]
        let (code, sentence) = Program.explain(CommunityError.invalid(fields))
        #expect(code == .badUsage)
        #expect(sentence == "username: Too short. password: Empty.")
    }
}
