#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What the system says of this process, under the names that Prometheus' client libraries use.
public enum ProcessMetrics {
    /// Registers them. They are read from the system when the metrics are read; what this system does not tell is left out.
    public static func register(in registry: MetricsRegistry) {
        registry.counter("process_cpu_seconds_total", "Time of the processors in seconds, in the program and in the system.") {
            cpuSeconds()
        }
        registry.gauge("process_open_fds", "Open files and sockets.") { openFiles() }
        registry.gauge("process_max_fds", "Files and sockets that may be open.") { openFileLimit() }
        #if os(Linux)
            registry.gauge("process_resident_memory_bytes", "Memory in use, in bytes.") { residentBytes() }
            registry.gauge("process_virtual_memory_bytes", "Memory that is mapped, in bytes.") { field(22) }
            // It does not change, so it is read once.
            let start = startSeconds()
            registry.gauge("process_start_time_seconds", "When the process was started, in seconds since 1970.") { start }
        #endif
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        #if os(Linux)
            let result = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            let result = getrusage(RUSAGE_SELF, &usage)
        #endif
        guard result == 0 else { return .nan }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static func openFiles() -> Double {
        #if os(Linux)
            let path = "/proc/self/fd"
        #else
            let path = "/dev/fd"
        #endif
        guard let folder = opendir(path) else { return .nan }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, `.` and `..` are not meant.
        return Double(count - 3)
    }

    private static func openFileLimit() -> Double {
        var limit = rlimit()
        #if os(Linux)
            let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let result = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return result == 0 ? Double(limit.rlim_cur) : .nan
    }

    #if os(Linux)
        private static func residentBytes() -> Double {
            field(23) * Double(sysconf(Int32(_SC_PAGESIZE)))
        }

        /// The boot time of /proc/stat and the ticks from there to the start of the process.
        private static func startSeconds() -> Double {
            let lines = contents("/proc/stat").split(separator: "\n")
            let boot = lines.first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) } ?? .nan
            return boot + field(21) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }

        /// A field of /proc/self/stat, counted from 0 (proc(5) counts from 1).
        private static func field(_ index: Int) -> Double {
            let text = contents("/proc/self/stat")
            // The second field is the name of the program in parentheses, which may hold anything, also spaces and parentheses.
            guard let end = text.lastIndex(of: ")") else { return .nan }
            let fields = text[end...].dropFirst().split(separator: " ")
            return index - 2 < fields.count ? Double(fields[index - 2]) ?? .nan : .nan
        }

        private static func contents(_ path: String) -> String {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return "" }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += buffer.prefix(count)
            }
        }
    #endif
}
