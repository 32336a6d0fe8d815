import Events
import Network
import PeerTesting
import Seeds
import Testing

@Suite("A mail")
struct MailMessageTests {
    private static let date = Timestamp(microseconds: 1_795_817_984_123_456)

    private func mail(
        name: String = "Interlock", to: String = "", subject: String = "A subject", text: String = "A text",
        html: HTML = "<p>A text</p>"
    ) throws -> MailMessage {
        try MailMessage(
            from: Mailbox("interlock@example.com", name: name), to: Mailbox("carol@example.net", name: to),
            id: "notification-1.carol@example.com", date: Self.date, subject: subject, text: text, html: html)
    }

    @Test("is read by a mail program as it was meant")
    func read() throws {
        let made = try mail(
            to: "Carol", subject: "Disk full", text: "Free some.\n.\nNow.", html: "<p>Free <b>some</b></p>")
        let read = try #require(try MailReader.read([made.bytes]).first)
        #expect(read.from == ["Interlock", "interlock@example.com"])
        #expect(read.to == ["Carol", "carol@example.net"])
        #expect(read.id == "<notification-1.carol@example.com>")
        #expect(read.date == 1_795_817_984)
        #expect(read.subject == "Disk full")
        #expect(read.automatic == "auto-generated")
        #expect(read.parts == ["multipart/alternative", "text/plain", "text/html"])
        #expect(read.text == "Free some.\n.\nNow.\n")
        #expect(read.html == "<p>Free <b>some</b></p>\n")
        #expect(read.fields == Self.fields)
        #expect(read.defects == 0)
    }

    private static let fields = [
        "Date", "From", "To", "Message-ID", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type",
    ]

    @Test("has its date as RFC 5322 has it, from the year 1900 on")
    func dates() throws {
        for (written, expected) in [
            ("2026-11-27T22:19:44.9Z", "Fri, 27 Nov 2026 22:19:44 +0000"),
            ("2024-02-29T00:00:00Z", "Thu, 29 Feb 2024 00:00:00 +0000"),
            ("1900-01-01T00:00:00Z", "Mon, 01 Jan 1900 00:00:00 +0000"),
            ("0001-01-01T00:00:00Z", "Mon, 01 Jan 1900 00:00:00 +0000"),
            ("9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] {
            let mail = try MailMessage(
                from: Mailbox("a@example.com"), to: Mailbox("b@example.com"), id: "c@example.com",
                date: try #require(Timestamp(written)), subject: "", text: "", html: "")
            #expect(lines(of: mail).first == "Date: \(expected)")
        }
    }

    @Test("has no control characters in its header, nor what turns the direction of a text: that is refused")
    func refused() throws {
        let refused: [Unicode.Scalar] = [
            "\0", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{2028}", "\u{2029}", "\u{202E}",
            "\u{2066}",
        ]
        for scalar in refused {
            let text = "a\(scalar)Bcc: everybody@example.com"
            #expect(throws: MailMessageError.control(.subject, scalar.value)) { try mail(subject: text) }
            #expect(throws: MailMessageError.control(.name, scalar.value)) { try mail(name: text) }
            #expect(throws: MailMessageError.control(.name, scalar.value)) { try mail(to: text) }
        }
        #expect(throws: MailMessageError.control(.subject, 13)) { try mail(subject: "a\r\nBcc: b@example.com") }
        #expect(MailMessageError.control(.subject, 13).description.contains("U+000D"))
    }

    @Test("is to an address, and has an id, that can be nothing else")
    func addresses() throws {
        for text in [
            "", "carol", "carol@", "@example.com", "a b@example.com", "a@example.com>", "<a@example.com",
            "a,b@example.com",
            "a@example.com\r\nRCPT TO:<b@example.com>", "a\"@example.com", "a@exämple.com", "a@example.com\0",
        ] {
            #expect(throws: MailMessageError.notAddress) { try Mailbox(text) }
            #expect(throws: MailMessageError.notIdentifier) {
                try MailMessage(
                    from: Mailbox("a@example.com"), to: Mailbox("b@example.com"), id: text, date: Self.date,
                    subject: "",
                    text: "", html: "")
            }
        }
    }

    @Test("has bounds, to the octet")
    func bounds() throws {
        let (subject, body) = (MailMessage.maximumSubjectBytes, MailMessage.maximumBodyBytes)
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        _ = try mail(name: text(Mailbox.maximumNameBytes), subject: text(subject), text: text(body))
        #expect(throws: MailMessageError.tooLong(.subject, maximumBytes: subject)) {
            try mail(subject: text(subject + 1))
        }
        #expect(throws: MailMessageError.tooLong(.name, maximumBytes: Mailbox.maximumNameBytes)) {
            try mail(name: text(Mailbox.maximumNameBytes + 1))
        }
        #expect(throws: MailMessageError.tooLong(.text, maximumBytes: body)) { try mail(text: text(body + 1)) }
        #expect(throws: MailMessageError.tooLong(.html, maximumBytes: body)) {
            try mail(html: "<p>\(text(body - 6))</p>")
        }
    }

    /// What somebody would try, and what a mail program is easily wrong about.
    private static let tricks = [
        "", " ", "a", " a ", "a  b", "=?utf-8?B?Qg==?=", "a =?utf-8?Q?b?= c", "\"Root\" <root@example.com>",
        "a, b@example.com",
        "Root <root@example.com>,", "(comment)", "a;b:c", "Ärger", "日本語の件名がとても長いので折り返される必要があります", "e\u{301}🇩🇪👨‍👩‍👧‍👦",
        "From the start", ".", "..", "--=_alternative", "--=_alternative--", "=", "a=", "a=\n=b", "&lt;", "<b>",
        "</p><script>",
        "\"onclick=\"x", "'a' & <!-- -->", "<![CDATA[", "a\u{202F}b", String(repeating: "x", count: 200),
        String(repeating: "long words ", count: 12) + "x", String(repeating: "ü", count: 100),
    ]

    /// The same with random octets, and with the characters that matter by chance.
    private static func texts(_ count: Int) -> [String] {
        var random = Random(seed: Setting.seed ?? 1)
        let pieces =
            tricks + [
                "\r\n", "\n", "\r", "\0", "\t", " ", "\u{2028}", "\u{85}", "\u{1B}[31m", "\r\n\r\n", ".\r\n", "&#39;",
            ]
        let made = (0..<count).map { _ in
            let bytes = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            var text = String(decoding: bytes, as: UTF8.self)
            for _ in 0..<random.below(6) { text += pieces[random.below(pieces.count)] }
            return text
        }
        return tricks + made
    }

    /// Whether it may be in a header.
    private static func isHeaderText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }

    /// The text as a mail has it: CRLF is one line break as CR and LF are, one is at the end, and no other control is there.
    private static func asSent(_ text: String) -> String {
        var sent = ""
        let lines = text.replacing("\r\n", with: "\n").unicodeScalars
        for scalar in lines {
            switch scalar.value {
            case 0x0D: sent += "\n"
            case 0...0x08, 0x0B...0x1F, 0x7F...0x9F: sent += "\u{FFFD}"
            default: sent.unicodeScalars.append(scalar)
            }
        }
        return sent.hasSuffix("\n") ? sent : sent + "\n"
    }

    @Test("begins no field, no part and no tag by what it is given, and loses none of it")
    func anything() throws {
        var (mails, expected): ([[UInt8]], [(subject: String, name: String, text: String)]) = ([], [])
        for text in Self.texts(600) {
            let line = String(text.prefix(100))
            let isFit = Self.isHeaderText(line) && line.utf8.count <= Mailbox.maximumNameBytes
            let (subject, name) = isFit ? (line, line) : ("fit", "fit")
            if !Self.isHeaderText(line) { #expect(throws: MailMessageError.self) { try mail(subject: line) } }
            let html: HTML = "<p title=\"\(text)\">\(text)</p>"
            mails.append(try mail(name: name, subject: subject, text: text, html: html).bytes)
            expected.append((subject, name, Self.asSent(text)))
        }
        for bytes in mails { expectFitForTransport(bytes) }
        let read = try MailReader.read(mails)
        #expect(read.count == mails.count)
        for (read, expected) in zip(read, expected) {
            #expect(read.fields == Self.fields)
            #expect(read.parts == ["multipart/alternative", "text/plain", "text/html"])
            #expect(read.subject == expected.subject)
            #expect(read.from == [expected.name, "interlock@example.com"])
            #expect(read.to == ["", "carol@example.net"])
            #expect(read.text == expected.text)
            #expect(read.tags == ["p", "title"])
            #expect(read.values.first.map(Self.asSent) == expected.text)
            #expect(read.defects == 0)
        }
    }

    /// ASCII in lines with CRLF, none too long; only those of its own are boundaries.
    private func expectFitForTransport(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A })
        let lines = text.components("\r\n")
        #expect(lines.last == "" && lines.allSatisfy { !$0.utf8.contains(0x0D) && !$0.utf8.contains(0x0A) })
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(lines.filter { $0.hasPrefix("--=_alternative") }.count == 3)
    }

    private func lines(of mail: MailMessage) -> [String] {
        String(decoding: mail.bytes, as: UTF8.self).components("\r\n")
    }
}

extension String {
    /// What stands between `separator`s, by scalars: CRLF is one character to Swift.
    fileprivate func components(_ separator: String) -> [String] {
        var (parts, rest): ([String], [UInt8]) = ([], [])
        let mark = Array(separator.utf8)
        for byte in utf8 {
            rest.append(byte)
            guard rest.suffix(mark.count).elementsEqual(mark) else { continue }
            parts.append(String(decoding: rest.dropLast(mark.count), as: UTF8.self))
            rest = []
        }
        return parts + [String(decoding: rest, as: UTF8.self)]
    }
}
