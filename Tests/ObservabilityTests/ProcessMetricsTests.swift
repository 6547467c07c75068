import Observability
import Primitives
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The names and units of Prometheus' client libraries.
@Suite(.serialized) struct ProcessMetricsTests {
    private func samples() -> [String: Double] {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        var samples: [String: Double] = [:]
        for line in registry.rendered().split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            samples[String(parts[0])] = Double(parts[1])
        }
        return samples
    }

    @Test func theProcessIsMeasured() throws {
        let samples = samples()
        #expect(try #require(samples["process_cpu_seconds_total"]) > 0)
        #expect((3..<100_000).contains(try #require(samples["process_open_fds"])))
        #expect(try #require(samples["process_max_fds"]) >= 64)
        #if os(Linux)
            // At least a few megabytes, and below 100 GB.
            let resident = try #require(samples["process_resident_memory_bytes"])
            #expect((2e6..<1e11).contains(resident))
            #expect(try #require(samples["process_virtual_memory_bytes"]) >= resident)
            // The process of the tests was started within the last hours, not in the future.
            let age = Double(Timestamp.now().microseconds) / 1e6 - (try #require(samples["process_start_time_seconds"]))
            #expect((-2..<86_400).contains(age))
        #endif
    }

    @Test func processorTimeIsUsedUp() throws {
        let before = try #require(samples()["process_cpu_seconds_total"])
        let clock = ContinuousClock()
        let end = clock.now + .seconds(2)
        var after = before
        while after == before, clock.now < end { after = try #require(samples()["process_cpu_seconds_total"]) }
        #expect(after > before)
    }

    @Test func openFilesAreCounted() throws {
        let files = (0..<200).map { _ in open("/dev/null", O_RDONLY) }
        let more = try #require(samples()["process_open_fds"])
        for file in files { close(file) }
        let fewer = try #require(samples()["process_open_fds"])
        // Other tests open a file now and then.
        #expect((150...250).contains(more - fewer))
    }
}
