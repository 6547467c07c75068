import Observability
import Testing

/// Nothing that a client sent can look like a line, a field or a command of the terminal.
struct LogInjectionTests {
    /// What a client sent, and how the text format shows it.
    @Test(
        arguments: [
            ("plain", "plain"), ("two words", #""two words""#), ("", #""""#), ("a=b", #""a=b""#), ("Zoë🐓", "Zoë🐓"),
            (#"say "hi""#, #""say \"hi\"""#), (#"C:\x"#, #""C:\\x""#),
            (#"x" level="error"#, #""x\" level=\"error""#), (#"x\" level="error"#, #""x\\\" level=\"error""#),
            ("x\n12:00:00 error Forged", #""x\u{a}12:00:00 error Forged""#), ("x\r\ny", #"x\u{d}\u{a}y"#), ("\u{0}", #"\u{0}"#),
            ("\u{1b}[2J", #"\u{1b}[2J"#), ("\u{7f}\u{85}\u{9b}31m", #"\u{7f}\u{85}\u{9b}31m"#),
            ("a\u{2028}b\u{2029}", #"a\u{2028}b\u{2029}"#),
            ("\u{202e}txt.exe\u{2066}", #"\u{202e}txt.exe\u{2066}"#), (#"\u{a}"#, #""\\u{a}""#),
        ]) func aValueStaysAValueInText(_ sent: String, _ shown: String)
    {
        let lines = LogLines()
        lines.logger(.text).log(.info, "Refused", ["name": .text(sent), "count": 1])
        #expect(lines.all == ["12:34:56 info Refused name=\(shown) count=1\n"])
    }

    @Test(
        arguments: [
            (#"x","level":"error"#, #"x\",\"level\":\"error"#), (#"C:\x"#, #"C:\\x"#), ("x\ny\t", #"x\ny\t"#), ("\u{1b}[2J", #"\u001b[2J"#),
            ("\u{85}\u{9b}", #"\\u{85}\\u{9b}"#), ("\u{2028}\u{202e}", #"\\u{2028}\\u{202e}"#), ("Zoë🐓", "Zoë🐓"),
        ]) func aValueStaysAValueInJSON(_ sent: String, _ shown: String)
    {
        let lines = LogLines()
        lines.logger(.json).log(.info, "Refused", ["name": .text(sent), "count": 1])
        #expect(
            lines.all == [
                #"{"time":"2026-11-24T12:34:56.789Z","level":"info","message":"Refused","name":""# + shown + "\",\"count\":1}\n"
            ])
    }

    @Test(arguments: LogFormat.allCases) func aMessageStaysOneLine(_ format: LogFormat) {
        let lines = LogLines()
        lines.logger(format).log(.info, "one\ntwo\u{1b}[0m\u{2028}three")
        let line = lines.all.joined()
        #expect(line.split(whereSeparator: \.isNewline).count == 1)
        #expect(!line.contains("\u{1b}"))
        #expect(line.hasSuffix(format == .text ? "\n" : "}\n"))
    }

    /// DESIGN 1.5: every line has a limit: 2 048 Unicode scalars of each text.
    @Test(arguments: LogFormat.allCases) func longTextsAreCut(_ format: LogFormat) {
        let lines = LogLines()
        let logger = lines.logger(format)
        logger.log(.info, "m", ["value": .text(String(repeating: "x", count: 2_048))])
        logger.log(.info, "m", ["value": .text(String(repeating: "é", count: 100_000))])
        #expect(lines.all[0].contains(String(repeating: "x", count: 2_048)))
        #expect(!lines.all[0].contains("…"))
        #expect(lines.all[1].contains(String(repeating: "é", count: 2_048) + "…"))
        #expect(!lines.all[1].contains(String(repeating: "é", count: 2_049)))
    }

    @Test func aSecretIsNeverShown() {
        struct Settings: Sendable {
            var url = "postgresql://db"
            var key = Secret("hush")
        }
        let settings = Settings()
        var dumped = ""
        dump(settings, to: &dumped)
        let texts = [
            "\(settings)", String(reflecting: settings), "\(settings.key)", "\([settings.key])", "\(Optional(settings.key) as Any)",
        ]
        for text in texts + [dumped] {
            #expect(text.contains("***"))
            #expect(!text.contains("hush"))
        }
        #expect(settings.key.reveal() == "hush")
        let lines = LogLines()
        lines.logger(.text).log(.info, "Set", ["key": "\(settings.key)", "other": .secret])
        #expect(lines.all == ["12:34:56 info Set key=*** other=***\n"])
    }
}
