internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A program of the operator that is run for one answer: it gets arguments and an environment, and nothing else of this process.
public struct ChildProcess: Sendable {
    /// What has come of it.
    public enum Outcome: Sendable, Equatable {
        /// It has ended by itself: its exit code, nil when a signal has ended it, and the beginning of what it wrote to its output.
        case ended(code: Int32?, output: [UInt8])
        /// It took too long, or was not wanted any more, and was killed with all that it had started.
        case killed
    }

    /// The system cannot start it.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// An errno value.
        public var code: Int32

        /// For the log.
        public var description: String { String(cString: strerror(code)) }
    }

    /// How long the end of a program may go unnoticed, in milliseconds.
    private static let pause: Int32 = 20

    /// The path of the program, and what it is given.
    public var arguments: [String]
    /// All of its environment, as `NAME=value`.
    public var environment: [String]

    /// Names a program with its arguments.
    public init(arguments: [String], environment: [String]) {
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs the program to its end. Blocks: on a worker's thread.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take.
    ///   - outputLimit: bytes of its output that are kept. It may write more.
    ///   - isUnwanted: asked again and again; true ends it at once.
    /// - Throws: `Failure` when it does not start.
    public func run(deadline: Duration, outputLimit: Int, isUnwanted: () -> Bool = { false }) throws(Failure) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(code: errno) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        // A program that another thread starts at this moment must not hold the output open; what is started here closes it anyway.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        var process: pid_t = 0
        let error = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(environment) { roost_spawn(arguments, $0, writing, &process) }
        }
        close(writing)
        guard error == 0 else { throw Failure(code: error) }

        let end = ContinuousClock.now + deadline
        var output: [UInt8] = []
        var isOpen = true
        while true {
            // First: what it has written before its end is read after that.
            let hasEnded = roost_has_ended(process) != 0
            while isOpen, let part = Self.read(reading) {
                isOpen = !part.isEmpty
                output += part.prefix(outputLimit - output.count)
                if ContinuousClock.now >= end { break }
            }
            if hasEnded {
                let code = roost_reap(process)
                return .ended(code: code < 0 ? nil : code, output: output)
            }
            if ContinuousClock.now >= end || isUnwanted() {
                _ = roost_reap(process)
                return .killed
            }
            var waiting = pollfd(fd: isOpen ? reading : -1, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, Self.pause)
        }
    }

    /// What is there to read: nothing at the end, nil when there is nothing yet.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            #if canImport(Glibc)
                let read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let read = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            failed = read < 0
            count = max(0, read)
        }
        return failed ? nil : bytes
    }

    private static func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("A list that ends with a mark is never empty.") }
            return body(start)
        }
    }
}
