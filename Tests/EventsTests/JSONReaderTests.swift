import Events
import Seeds
import Testing

@Suite("Reading JSON field by field")
struct JSONReaderTests {
    func read<Value>(
        _ text: String, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try JSONReader.read(Array(text.utf8)) { reader throws(JSONError) in try reader.object(body) }
    }

    @Test("Unknown fields are skipped wherever they stand, whatever they hold")
    func unknownFields() throws {
        let text = #"{"a":{"b":[1,{"c":"]}\""},null]},"m":"x","n":-1.5e3,"o":[[],{}],"x":5,"z":true}"#
        let (m, x) = try read(text) { fields throws(JSONError) in
            (try fields.string("m"), try fields.int("x"))
        }
        #expect(m == "x" && x == 5)
    }

    @Test("An absent field is nil, and what comes behind it is still found")
    func absent() throws {
        let (b, c) = try read(#"{"a":1,"c":"2"}"#) { fields throws(JSONError) in
            (try fields.optionalString("b"), try fields.string("c"))
        }
        #expect(b == nil && c == "2")
        #expect(throws: JSONError.self) { try read("{}") { fields throws(JSONError) in try fields.int("a") } }
    }

    @Test("Escapes of other writers are understood")
    func escapes() throws {
        let text = #"{"a":"\u0041\/\ud83d\ude00\u20AC\b\f\n\r\t\"\\é"}"#
        let value = try read(text) { fields throws(JSONError) in try fields.string("a") }
        #expect(value == "A/😀€\u{08}\u{0c}\n\r\t\"\\é")
    }

    @Test(
        "What is no JSON is an error",
        arguments: [
            "", "{", "}", "[",
            "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\u12",
            "{\"a\":\"\\x\"}", "{\"a\":\"\\u+123\"}", "{\"a\":\"\n\"}", "{\"a\":1}x", "{\"a\":99999999999999999999}",
            "{\"a\":--1}", "{\"a\":\"1\"", "{a:1}", "null", "{\"a\":\"\\u00g0\"}",
        ])
    func malformed(_ text: String) {
        #expect(throws: JSONError.self) {
            _ = try read(text) { fields throws(JSONError) in
                let isText = text.contains(":\"")
                return isText ? try fields.string("a") : String(try fields.int("a"))
            }
        }
    }

    @Test("Values nested without end are refused, not followed")
    func depth() {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) {
            _ = try read(deep) { fields throws(JSONError) in try fields.int("b") }
        }
    }

    @Test("Garbage and truncated payloads are errors, never traps")
    func garbage() {
        var random = Random(seed: 1)
        let alphabet = Array(#"{}[]",:\u0123abtrue-9."#.utf8) + [0, 0xc3, 0xff]
        for _ in 0..<3000 {
            let bytes = (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
            for kind in Event.Kind.allCases { _ = try? Event(kind: kind, schema: 1, payload: bytes) }
        }
        for _ in 0..<40 {
            for kind in Event.Kind.allCases {
                let payload = Event.random(kind, &random).payload
                for length in payload.indices {
                    #expect(throws: JSONError.self) {
                        _ = try Event(kind: kind, schema: 1, payload: Array(payload[..<length]))
                    }
                }
                var damaged = payload
                damaged[random.below(damaged.count)] = alphabet[random.below(alphabet.count)]
                _ = try? Event(kind: kind, schema: 1, payload: damaged)
            }
        }
    }
}
