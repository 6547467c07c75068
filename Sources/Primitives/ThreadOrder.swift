#if SANITIZE_THREAD
    internal import Synchronization

    /// Tells the thread sanitizer that one thread goes on where another has stopped, where the order is made inside a library that it does not
    /// see. One for each thing that is handed over: what shares one is taken to be ordered.
    public final class ThreadOrder: Sendable {
        private let variable = Atomic<UInt8>(0)

        /// An order that nobody has passed on yet.
        public init() {}

        /// What this thread did until now comes before what others do after they have passed as well.
        public func pass() {
            variable.wrappingAdd(1, ordering: .acquiringAndReleasing)
        }
    }
#else
    /// Nothing: only the thread sanitizer has to be told.
    @frozen public struct ThreadOrder: Sendable {
        /// An order that nobody has passed on yet.
        @inlinable public init() {}

        /// Does nothing.
        @inlinable public func pass() {}
    }
#endif
