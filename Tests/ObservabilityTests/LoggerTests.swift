import Observability
import Testing

struct LoggerTests {
    private let lines = LogLines()

    @Test func aLineOfJSONIsOneObject() {
        lines.logger(.json).log(.info, "Serving", ["address": "http://[::1]:8080", "loops": 4, "share": 0.5, "isHome": true])
        #expect(
            lines.all == [
                #"{"time":"2026-11-24T12:34:56.789Z","level":"info","message":"Serving","address":"http://[::1]:8080","loops":4,"share":0.5,"isHome":true}"#
                    + "\n"
            ])
    }

    @Test func aLineOfTextIsForPeople() {
        lines.logger(.text).log(.warning, "The disk is nearly full", ["path": "/var/lib", "free": 12, "share": 0.5, "isHome": false])
        #expect(lines.all == ["12:34:56 warning The disk is nearly full path=/var/lib free=12 share=0.5 isHome=false\n"])
    }

    @Test func fieldsMayBeAnArrayToo() {
        lines.logger(.text).log(.info, "Pruned", [("count", .integer(3)), ("reason", .text("age"))])
        lines.logger(.text).log(.info, "Done")
        lines.logger(.text).log(.info, "Done", [:])
        #expect(lines.all == ["12:34:56 info Pruned count=3 reason=age\n", "12:34:56 info Done\n", "12:34:56 info Done\n"])
    }

    @Test func aLabelSaysWhichPartWrites() {
        lines.logger(.text).labelled("gateway").log(.error, "Failed")
        lines.logger(.json).labelled("gateway").log(.error, "Failed")
        #expect(
            lines.all == [
                "12:34:56 error gateway: Failed\n",
                #"{"time":"2026-11-24T12:34:56.789Z","level":"error","label":"gateway","message":"Failed"}"# + "\n",
            ])
    }

    @Test func linesBelowTheLevelAreNotWritten() {
        for level in LogLevel.allCases { lines.logger(.text, level: .warning).log(level, "\(level)") }
        #expect(lines.all == ["12:34:56 warning warning\n", "12:34:56 error error\n"])
        #expect(LogLevel.allCases.map(\.rawValue) == ["trace", "debug", "info", "warning", "error"])
        #expect(LogLevel.allCases.sorted() == LogLevel.allCases)
    }

    @Test func whatIsNotWrittenIsNotMade() {
        var made = 0
        func text() -> String {
            made += 1
            return "text"
        }
        let logger = lines.logger(.text, level: .info)
        logger.log(.debug, text(), ["field": .text(text())])
        logger.log(.debug, text(), [("field", .text(text()))])
        #expect(made == 0)
        logger.log(.info, text(), ["field": .text(text())])
        #expect(made == 2)
    }

    @Test func numbersThatJSONHasNotAreNull() {
        lines.logger(.json).log(.info, "Odd", ["value": .double(.nan), "other": .double(.infinity)])
        #expect(lines.all.first?.hasSuffix(#""value":null,"other":null}"# + "\n") == true)
    }
}
