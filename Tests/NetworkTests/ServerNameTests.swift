import Events
import Network
import Testing

@Suite("The name of a server, as a person writes it")
struct ServerNameTests {
    @Test(
        "becomes its canonical form",
        arguments: [
            ("mail.example.com", "mail.example.com"), ("Mail.Example.COM.", "mail.example.com"),
            ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.Example.", "xn--bcher-kva.example"),
            // A letter and an accent are the letter; a full-width dot is a dot.
            ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("bücher。example", "xn--bcher-kva.example"),
            // Nontransitional: the sharp s stays a letter of its own.
            ("straße.example", "xn--strae-oqa.example"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"), ("почта.рф", "xn--80a1acny.xn--p1ai"),
        ])
    func canonical(_ written: String, _ name: String) throws {
        #expect(try ServerName.canonical(written).text == name)
    }

    @Test(
        "is refused in words",
        arguments: [
            ("", "a name is needed"), (".", "empty label"), ("mail", "single label"), ("mail..", "empty label"),
            ("bücher", "single label"), ("ma il.example.com", "U+0020"), ("mail.example.com\u{0}", "U+0000"),
            ("bü\u{0}cher.example.com", "U+0000"), ("10.0.0.1", "ends in a number"), ("bücher_x.example", "'_'"),
            ("xn--\u{FC}.example", "no A-label form"), ("xn--zzzzzzzz99999.example", "no A-label form"),
            ("\u{301}a.example", "no A-label form"), (String(repeating: "a", count: 254) + ".example", "octets"),
            (String(repeating: "ü", count: 10_000), "octets"),
            (String(repeating: "ü", count: 70) + ".example", "A-label"),
        ])
    func refused(_ written: String, _ words: String) throws {
        let error = #expect(throws: ServerNameError.self) { try ServerName.canonical(written) }
        #expect(try #require(error).description.contains(words))
    }
}
