#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Each socket is an open file, and many systems begin a process with room for 1024.
enum OpenFileLimit {
    /// Files that are not connections: the database, the loops, and connections that are being refused (`HTTPLimits.refusedConnections`).
    private static let reserve = 96
    /// Of those, what each loop has for itself.
    private static let reservePerLoop = 8

    /// Takes all the room that the system gives without asking for more rights.
    static func raise() {
        var limit = current() ?? rlimit()
        guard limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    /// Connections that may be open at a time: as many as asked for, as long as there is room for the database beside them. Else a rush of
    /// connections would take the last file, and those that are there would get no answer from the database any more.
    static func connections(atMost limit: Int, loops: Int) -> Int {
        guard let files = current().map({ Int(clamping: $0.rlim_cur) }) else { return limit }
        return min(limit, max(files - reserve - reservePerLoop * loops, files / 2))
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    private static func current() -> rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }
}
