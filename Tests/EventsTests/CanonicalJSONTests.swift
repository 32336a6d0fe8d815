import Events
import Testing

@Suite("Canonical JSON (RFC 8785)")
struct CanonicalJSONTests {
    func written(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("The RFC's string: two-character escapes where JSON has them, the rest as it is (3.2.2.2)")
    func rfcString() {
        #expect(written("\u{20ac}$\u{000f}\u{000a}A'\u{0042}\u{0022}\u{005c}\\\"/") == #""€$\u000f\nA'B\"\\\\\"/""#)
    }

    @Test("Every control character")
    func controls() {
        let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"]
        for byte in UInt8(0)..<0x20 {
            let digits = String(byte, radix: 16)
            let long = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            #expect(written(String(Unicode.Scalar(byte))) == "\"\(short[byte] ?? long)\"")
        }
        #expect(written("\u{7f}\u{2028}😀") == "\"\u{7f}\u{2028}😀\"", "no others are escaped")
    }

    @Test("The RFC's keys: sorted by UTF-16 code units (3.2.3)")
    func rfcKeys() {
        let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
        let value = JSONValue.object(keys.map { (name: $0, value: .integer(0)) })
        let sorted = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
        let expected = "{" + sorted.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(String(decoding: value.canonical, as: UTF8.self) == expected)
        #expect(value.text.hasPrefix("{\"\u{20ac}\":0,"), "text keeps the order")
    }

    @Test("Nested values, empty ones, numbers")
    func nested() {
        let value = JSONValue.fields(
            ("b", .array([.integer(-1), .bool(true), .number("0.5"), .array([]), .fields()])), ("a", nil),
            ("c", .raw(Array(#"{"x":1}"#.utf8))))
        #expect(value.text == #"{"b":[-1,true,0.5,[],{}],"c":{"x":1}}"#)
    }

    @Test("Seconds are the shortest fraction", arguments: [(0, "0"), (12, "0.012"), (3500, "3.5"), (7000, "7")])
    func seconds(_ milliseconds: Int, _ text: String) {
        #expect(Usage(cpuMilliseconds: milliseconds, maxResidentBytes: 0).cpuSeconds == text)
    }
}
