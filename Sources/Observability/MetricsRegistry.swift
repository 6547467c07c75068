internal import Synchronization

/// All metrics of the process, in the text format of Prometheus (version 0.0.4).
public final class MetricsRegistry: Sendable {
    private enum Source: Sendable {
        case counter(Counter)
        case gauge(@Sendable () -> Double)
        case histogram(Histogram)
    }

    private struct Entry: Sendable {
        var name: String
        var help: String
        var source: Source
    }

    private let entries = Mutex<[Entry]>([])

    /// No metrics.
    public init() {}

    /// A new counter. By custom its name ends in `_total`.
    public func counter(_ name: String, _ help: String) -> Counter {
        let counter = Counter()
        add(name, help, .counter(counter))
        return counter
    }

    /// A new gauge.
    public func gauge(_ name: String, _ help: String) -> Gauge {
        let gauge = Gauge()
        add(name, help, .gauge { Double(gauge.value) })
        return gauge
    }

    /// A number that is asked for when the metrics are read.
    public func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable () -> Double) {
        add(name, help, .gauge(value))
    }

    /// A new histogram of durations. By custom its name ends in `_seconds`.
    public func histogram(_ name: String, _ help: String) -> Histogram {
        let histogram = Histogram()
        add(name, help, .histogram(histogram))
        return histogram
    }

    private func add(_ name: String, _ help: String, _ source: Source) {
        entries.withLock { $0.append(Entry(name: name, help: help, source: source)) }
    }

    /// All metrics as text.
    public func rendered() -> String {
        var text = ""
        for entry in entries.withLock({ $0 }) {
            text += "# HELP \(entry.name) \(entry.help)\n"
            switch entry.source {
            case .counter(let counter):
                text += "# TYPE \(entry.name) counter\n\(entry.name) \(counter.value)\n"
            case .gauge(let value):
                text += "# TYPE \(entry.name) gauge\n\(entry.name) \(Self.number(value()))\n"
            case .histogram(let histogram):
                text += "# TYPE \(entry.name) histogram\n"
                let (cumulative, seconds) = histogram.totals
                for (bound, count) in zip(Histogram.bounds.map(Self.number) + ["+Inf"], cumulative) {
                    text += "\(entry.name)_bucket{le=\"\(bound)\"} \(count)\n"
                }
                text += "\(entry.name)_sum \(Self.number(seconds))\n\(entry.name)_count \(cumulative.last ?? 0)\n"
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
    }
}
