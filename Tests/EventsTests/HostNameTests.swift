import Events
import Testing

@Suite("The full name of a host")
struct HostNameTests {
    @Test(
        "has one form only: small letters, digits and hyphens in two labels or more",
        arguments: [
            "mail.example.com", "a.b", "xn--bcher-kva.example", "mx1.4.example", "1.example", "x--y.example",
            "mail.example.4a", "3com.example",
        ])
    func accepted(_ text: String) throws {
        #expect(HostName.problem(in: text) == nil)
        #expect(try #require(HostName(canonical: text)).text == text)
    }

    @Test(
        "is refused in words",
        arguments: [
            ("", "a name is needed"),
            ("mail", "'mail' is a single label; give the full name, such as mail.example.com"),
            ("mail.example.com.", "empty label"), (".example.com", "empty label"), ("mail..com", "empty label"),
            (".", "empty label"), ("Mail.example.com", "'M' is a capital letter"), ("bücher.example", "U+00FC"),
            ("mail.example.com\n", "U+000A"), ("mail example.com", "U+0020"), ("mail\u{0}.example.com", "U+0000"),
            ("\u{1F4E7}.example.com", "U+1F4E7"), ("*.example.com", "the character '*' is not allowed"),
            ("my_mail.example.com", "the character '_' is not allowed"),
            ("-a.example.com", "begins or ends with a hyphen"),
            ("a.example-.com", "the label 'example-' begins or ends with a hyphen"), ("127.0.0.1", "ends in a number"),
            ("mail.example.1", "ends in a number"), ("[::1]", "'['"), ("mail.example.com:25", "':'"),
        ])
    func refused(_ text: String, _ words: String) throws {
        #expect(HostName(canonical: text) == nil)
        #expect(try #require(HostName.problem(in: text)).contains(words))
    }

    @Test("has 253 octets at the most")
    func longestName() throws {
        let label = String(repeating: "a", count: 49) + "."
        let rest = String(repeating: label, count: 5)
        #expect(HostName(canonical: rest + "abc") != nil)
        #expect(HostName(canonical: rest + "abcd") == nil)
        #expect(HostName.problem(in: rest + "abcd") == "the name has 254 octets, and 253 are allowed")
    }

    @Test("has labels of 63 octets at the most")
    func longestLabel() {
        #expect(HostName(canonical: String(repeating: "a", count: 63) + ".com") != nil)
        #expect(HostName(canonical: String(repeating: "a", count: 64) + ".com") == nil)
    }

    @Test("is compared as a whole, and ordered by its text")
    func comparison() throws {
        let names = try ["webmail.example.com", "mail.example.com", "mail.example.com"].map {
            try #require(HostName(canonical: $0))
        }
        #expect(Set(names).count == 2)
        #expect(names.sorted().map(\.description) == ["mail.example.com", "mail.example.com", "webmail.example.com"])
    }
}
