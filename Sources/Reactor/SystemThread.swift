internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A named operating-system thread that runs one closure.
public struct SystemThread: Sendable {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// The system's number of why there is no thread.
    private struct Refusal: Error {
        var number: Int32
    }

    private let handle: pthread_t

    /// Starts a thread. Precondition: the system can make one; a server that cannot is at its end before it began.
    /// - Parameter name: shown by the system's tools, cut to 15 bytes.
    public init(name: String, _ run: @escaping @Sendable () -> Void) {
        do {
            try self.init(starting: name, run)
        } catch {
            preconditionFailure("A thread could not be started (\(error.number)).")
        }
    }

    /// Starts a thread; nil when the system makes no more of them.
    /// - Parameter name: shown by the system's tools, cut to 15 bytes.
    public init?(ifPossible name: String, _ run: @escaping @Sendable () -> Void) {
        do {
            try self.init(starting: name, run)
        } catch {
            return nil
        }
    }

    private init(starting name: String, _ run: @escaping @Sendable () -> Void) throws(Refusal) {
        let body = Unmanaged.passRetained(Body(name: String(name.prefix(15)), run: run))
        #if canImport(Glibc)
            var handle = pthread_t()
            let result = pthread_create(
                &handle, nil,
                { argument in
                    if let argument { SystemThread.main(argument) }
                    return nil
                }, body.toOpaque())
            guard result == 0 else {
                body.release()
                throw Refusal(number: result)
            }
            self.handle = handle
        #else
            var handle: pthread_t?
            let result = pthread_create(
                &handle, nil,
                { argument in
                    SystemThread.main(argument)
                    return nil
                }, body.toOpaque())
            guard result == 0, let handle else {
                body.release()
                throw Refusal(number: result)
            }
            self.handle = handle
        #endif
    }

    /// Waits until the thread has ended.
    public func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end by itself, when nobody will wait for it.
    public func detach() {
        pthread_detach(handle)
    }

    private static func main(_ argument: UnsafeMutableRawPointer) {
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        roost_name_thread(body.name)
        body.run()
    }
}
