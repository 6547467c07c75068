#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Each socket is an open file, and many systems begin a process with room for 1024.
enum OpenFileLimit {
    /// Takes all the room that the system gives without asking for more rights.
    static func raise() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
