internal import Primitives

/// All metrics of the process, in the text format of Prometheus (version 0.0.4).
///
/// A metric is registered once, with labels that never change, and then counted without looking anything up. Registering the same name with the same
/// labels again gives the same metric. Names and labels are the program's own words, never a client's: they are checked by preconditions.
public final class MetricsRegistry: Sendable {
    private let families = Mutex<[MetricFamily]>([])

    /// No metrics.
    public init() {}

    /// A counter. By custom its name ends in `_total`.
    public func counter(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter {
        let series = series(name, help, .counter, labels) { .counter(Counter()) }
        guard case .counter(let counter) = series else { preconditionFailure("\(name) is asked for when the metrics are read.") }
        return counter
    }

    /// A counter that is kept elsewhere and asked for when the metrics are read.
    public func counter(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:], _ value: @escaping @Sendable () -> Double
    ) {
        _ = series(name, help, .counter, labels) { .value(value) }
    }

    /// A gauge.
    public func gauge(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        let series = series(name, help, .gauge, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { preconditionFailure("\(name) is asked for when the metrics are read.") }
        return gauge
    }

    /// A number that is asked for when the metrics are read.
    public func gauge(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:], _ value: @escaping @Sendable () -> Double
    ) {
        _ = series(name, help, .gauge, labels) { .value(value) }
    }

    /// A histogram. By custom the name of one of durations ends in `_seconds`.
    /// - Parameter bounds: the upper ends of the buckets, rising.
    public func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.bounds, labels: KeyValuePairs<String, String> = [:]
    ) -> Histogram {
        let series = series(name, help, .histogram, labels) { .histogram(Histogram(bounds: bounds)) }
        guard case .histogram(let histogram) = series else { preconditionFailure("\(name) is no histogram.") }
        return histogram
    }

    /// All metrics as text, in the order of their registration.
    public func rendered() -> String {
        // The values are read outside the lock: a closure may register another metric.
        families.withLock { $0 }.map(\.rendered).joined()
    }

    /// The series of a name and labels, made when there is none.
    private func series(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ labels: KeyValuePairs<String, String>,
        _ make: () -> MetricFamily.Source
    ) -> MetricFamily.Source {
        precondition(PrometheusText.isName(name), "\(name) is no name of a metric.")
        precondition(labels.allSatisfy { PrometheusText.isLabel($0.key) }, "\(name) has a label that cannot be one.")
        let text = PrometheusText.labels(labels)
        return families.withLock { families in
            let index = families.firstIndex { $0.name == name } ?? families.count
            if index == families.count { families.append(MetricFamily(name: name, help: help, kind: kind)) }
            precondition(families[index].kind == kind, "\(name) is of another kind.")
            if let known = families[index].series.first(where: { $0.labels == text }) { return known.source }
            let source = make()
            families[index].series.append((text, source))
            return source
        }
    }
}
