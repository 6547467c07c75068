import Observability
import Testing

/// Prometheus text exposition format 0.0.4.
struct MetricsTests {
    private let registry = MetricsRegistry()

    @Test func theTextIsWordForWord() {
        let requests = registry.counter("roost_requests_total", "Requests.", labels: ["method": "get", "code": "200"])
        registry.counter("roost_requests_total", "Requests.", labels: ["method": "post", "code": "500"]).increment()
        let sockets = registry.gauge("roost_sockets", "Open sockets.")
        registry.gauge("roost_ratio", "A share.") { 0.25 }
        registry.counter("roost_cpu_seconds_total", "Time.") { 12.5 }
        let durations = registry.histogram("roost_request_seconds", "Durations.", bounds: [0.001, 0.5, 2], labels: ["api": "chat"])
        requests.increment()
        requests.increment(by: 41)
        sockets.add(7)
        sockets.add(-10)
        for duration in [Duration.microseconds(500), .milliseconds(1), .milliseconds(250), .seconds(2), .seconds(8)] {
            durations.observe(duration)
        }
        #expect(
            registry.rendered() == """
                # HELP roost_requests_total Requests.
                # TYPE roost_requests_total counter
                roost_requests_total{method="get",code="200"} 42
                roost_requests_total{method="post",code="500"} 1
                # HELP roost_sockets Open sockets.
                # TYPE roost_sockets gauge
                roost_sockets -3
                # HELP roost_ratio A share.
                # TYPE roost_ratio gauge
                roost_ratio 0.25
                # HELP roost_cpu_seconds_total Time.
                # TYPE roost_cpu_seconds_total counter
                roost_cpu_seconds_total 12.5
                # HELP roost_request_seconds Durations.
                # TYPE roost_request_seconds histogram
                roost_request_seconds_bucket{api="chat",le="0.001"} 2
                roost_request_seconds_bucket{api="chat",le="0.5"} 3
                roost_request_seconds_bucket{api="chat",le="2"} 4
                roost_request_seconds_bucket{api="chat",le="+Inf"} 5
                roost_request_seconds_sum{api="chat"} 10.2515
                roost_request_seconds_count{api="chat"} 5

                """)
    }

    @Test func aHistogramWithoutLabelsHasOnlyItsBounds() {
        _ = registry.histogram("h", "H.", bounds: [1])
        #expect(
            registry.rendered() == "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 0\nh_sum 0\nh_count 0\n")
    }

    /// "Label value can be any sequence of UTF-8 characters, but the backslash, double-quote, and line feed characters have to be escaped".
    @Test func helpAndLabelsAreEscaped() {
        _ = registry.counter("c", "One \\ two\nthree \"four\"", labels: ["path": "C:\\x\n\"y\" ü"])
        #expect(
            registry.rendered() == #"""
                # HELP c One \\ two\nthree "four"
                # TYPE c counter
                c{path="C:\\x\n\"y\" ü"} 0

                """#)
    }

    @Test(
        arguments: [
            (0, "0"), (-1, "-1"), (0.1, "0.1"), (1e20, "1e+20"), (123_456_789_012_345, "123456789012345"), (.nan, "NaN"),
            (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (1e-9, "1e-09"), (-0.0, "0"),
        ] as [(Double, String)]) func numbersAreWrittenAsPrometheusReadsThem(_ value: Double, _ text: String)
    {
        let registry = MetricsRegistry()
        registry.gauge("g", "G.") { value }
        #expect(registry.rendered() == "# HELP g G.\n# TYPE g gauge\ng \(text)\n")
    }

    @Test func theSameNameAndLabelsAreTheSameMetric() {
        registry.counter("c", "C.", labels: ["a": "1"]).increment()
        registry.counter("c", "C.", labels: ["a": "1"]).increment()
        registry.gauge("g", "G.").set(5)
        registry.gauge("g", "G.").add(1)
        registry.histogram("h", "H.", bounds: [1]).observe(1.0)
        registry.histogram("h", "H.", bounds: [1]).observe(3.0)
        #expect(registry.counter("c", "C.", labels: ["a": "1"]).value == 2)
        #expect(registry.counter("c", "C.", labels: ["a": "2"]).value == 0)
        #expect(registry.gauge("g", "G.").value == 6)
        #expect(registry.rendered().contains("h_sum 4\nh_count 2\n"))
    }

    @Test func whatIsNoNumberDoesNotSpoilTheSum() {
        let histogram = registry.histogram("h", "H.", bounds: [1])
        histogram.observe(.nan)
        histogram.observe(0.5)
        #expect(registry.rendered().contains("h_sum 0.5\nh_count 1\n"))
    }

    @Test func manyThreadsLoseNothing() async {
        let counter = registry.counter("c", "C.")
        let gauge = registry.gauge("g", "G.")
        let histogram = registry.histogram("h", "H.", bounds: [1])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<5_000 {
                        counter.increment()
                        gauge.add(2)
                        gauge.add(-1)
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(gauge.value == 40_000)
        #expect(registry.rendered().hasSuffix("h_bucket{le=\"1\"} 40000\nh_bucket{le=\"+Inf\"} 40000\nh_sum 20000\nh_count 40000\n"))
    }

    /// The sum is changed by comparing and exchanging: a lost race must be run again.
    @Test func aSumThatManyThreadsChangeIsWhole() async {
        let histogram = registry.histogram("h", "H.", bounds: [])
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<500_000 { histogram.observe(1.0) } }
            }
        }
        #expect(registry.rendered().hasSuffix("h_bucket{le=\"+Inf\"} 2000000\nh_sum 2000000\nh_count 2000000\n"))
    }

    @Test func aNameThatPrometheusRefusesStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().counter("2xx", "No name begins with a digit.") }
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().counter("c", "C.", labels: ["a-b": "1"]) }
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().histogram("h", "H.", labels: ["le": "1"]) }
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().histogram("h", "H.", bounds: [2, 1]) }
        await #expect(processExitsWith: .failure) {
            let registry = MetricsRegistry()
            _ = registry.counter("c", "C.")
            _ = registry.gauge("c", "Of another kind.")
        }
    }
}
