/// The metrics of one name, which differ in their labels.
struct MetricFamily: Sendable {
    /// What Prometheus takes the numbers for.
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    /// Where the numbers come from.
    enum Source: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case value(@Sendable () -> Double)
        case histogram(Histogram)
    }

    let name: String
    let help: String
    let kind: Kind
    /// Each with its labels as text, `a="1",b="2"`.
    var series: [(labels: String, source: Source)] = []

    /// The lines of the family.
    var rendered: String {
        var text = "# HELP \(name) \(PrometheusText.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, source) in series {
            switch source {
            case .counter(let counter): text += line("", labels, String(counter.value))
            case .gauge(let gauge): text += line("", labels, String(gauge.value))
            case .value(let value): text += line("", labels, PrometheusText.number(value()))
            case .histogram(let histogram): text += lines(histogram, labels)
            }
        }
        return text
    }

    private func lines(_ histogram: Histogram, _ labels: String) -> String {
        let (cumulative, sum) = histogram.totals
        var text = ""
        for (bound, count) in zip(histogram.upperBounds.map(PrometheusText.number) + ["+Inf"], cumulative) {
            text += line("_bucket", (labels.isEmpty ? "" : labels + ",") + "le=\"\(bound)\"", String(count))
        }
        return text + line("_sum", labels, PrometheusText.number(sum)) + line("_count", labels, String(cumulative.last ?? 0))
    }

    private func line(_ suffix: String, _ labels: String, _ value: String) -> String {
        "\(name)\(suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
    }
}
