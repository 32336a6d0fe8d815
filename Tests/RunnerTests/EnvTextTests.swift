import Testing

@testable import Runner

@Suite("A file of variables")
struct EnvTextTests {
    private let names = ["MAIL_SERVER", "MAIL_PORT", "MAIL_FROM"]

    private func text(_ text: String) -> EnvText { EnvText(Array(text.utf8)) }

    private func with(_ values: [String: String], _ before: String) -> String {
        String(decoding: text(before).with(values, of: names).bytes, as: UTF8.self)
    }

    @Test("has each name once, where it stood or at the end, and keeps the lines that are others'")
    func lines() {
        let values = ["MAIL_SERVER": "mail", "MAIL_PORT": "25", "MAIL_FROM": "a@b.c"]
        #expect(with(values, "") == "MAIL_SERVER=mail\nMAIL_PORT=25\nMAIL_FROM=a@b.c\n")
        #expect(
            with(values, "# mine\nKEY=a=b\nMAIL_PORT=1\n\nMAIL_PORT=2\nMAIL_SERVERS=x\nlast")
                == "# mine\nKEY=a=b\nMAIL_PORT=25\n\nMAIL_SERVERS=x\nlast\nMAIL_SERVER=mail\nMAIL_FROM=a@b.c\n")
    }

    @Test("loses the names that have no value, and nothing else")
    func removed() {
        #expect(with([:], "A=1\nMAIL_PORT=25\nB=2\n") == "A=1\nB=2\n")
        #expect(with([:], "") == "")
    }

    @Test("is the same where it says the same: then it is not written")
    func same() {
        let values = ["MAIL_SERVER": "mail"]
        let written = text("A=1\n").with(values, of: names)
        #expect(written.with(values, of: names) == written)
        #expect(EnvText(written.bytes) == written)
        #expect(written["MAIL_SERVER"] == "mail" && written["A"] == "1" && written["MAIL_PORT"] == nil)
    }
    @Test("tells under which prefix it was written once: where all names have it, and the password is the app's")
    func former() {
        func former(_ text: String, _ password: String = "pw") -> String? {
            MailVariables.formerPrefix(in: self.text(text), password: password, besides: "MAIL_")
        }
        func all(_ prefix: String) -> String {
            MailVariables.names(prefix).map { "\($0)=\($0.hasSuffix("PASSWORD") ? "pw" : "x")\n" }.joined()
        }
        #expect(former("A=1\nB_SMTP_PASSWORD=pw\n" + all("OLD_")) == "OLD_")
        #expect(former(all("OLD_"), "other") == nil && former(all("OLD_"), "") == nil)
        #expect(former(all("")) == nil, "these may be anybody's")
        #expect(former("OLD_SMTP_PASSWORD=pw\n") == nil)
        #expect(former(all("OLD_") + "MAIL_FROM=x\n") == nil && former(all("MAIL_")) == nil)
        #expect(text("A=1\nB=2\nC=1\nD\n").names(of: "1") == ["A", "C"])
    }
}
