#if SANITIZE_THREAD
    public import Synchronization
#endif

/// Tells the thread sanitizer that one thread goes on where another has stopped, where the order is made inside a library that it does not see.
/// Nothing in other builds.
@frozen public struct ThreadOrder: ~Copyable, Sendable {
    #if SANITIZE_THREAD
        @usableFromInline let variable = Atomic<UInt8>(0)
    #endif

    /// An order that nobody has passed on yet.
    @inlinable public init() {}

    /// What this thread did until now comes before what others do after they have passed as well.
    @inlinable public func pass() {
        #if SANITIZE_THREAD
            variable.wrappingAdd(1, ordering: .acquiringAndReleasing)
        #endif
    }
}
