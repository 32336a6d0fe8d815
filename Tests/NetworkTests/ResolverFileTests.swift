import Events
import Foundation
import PeerTesting
import Runner
import System
import Testing

private let address = "172.18.30.4"

@Suite("A resolver's file")
struct ResolverFileTests {
    private let directory: PeerDirectory
    private var file: String { directory.file("names") }

    init() throws { directory = try PeerDirectory() }

    private func driver(_ kind: MailSettings.Resolver.Kind, reload: [String] = []) -> ResolverDriver {
        var settings = MailSettings.Resolver(kind: kind, file: file)
        settings.reload = reload
        return ResolverDriver(settings, address: address)
    }

    private static let block = """
        # BEGIN interlock (replaced by the service, changes are lost)
        172.18.30.4 mail.example.com
        172.18.30.4 mx.example.com
        # END interlock

        """

    @Test("that somebody else wrote is never overwritten", arguments: [MailSettings.Resolver.Kind.unbound, .dnsmasq])
    func foreign(kind: MailSettings.Resolver.Kind) async throws {
        let texts = [
            "server:\n", "\n# Written by interlock: it replaces the whole file, changes are lost.\n", "#", "\u{0}",
        ]
        for text in texts {
            try directory.write(text, to: "names")
            #expect(await driver(kind).apply(try names("mail.example.com")) == .foreignFile(file))
            #expect(try directory.text("names") == text)
        }
    }

    @Test(
        "is made where it is missing or empty, and replaced where it is ours",
        arguments: [MailSettings.Resolver.Kind.unbound, .dnsmasq])
    func ours(kind: MailSettings.Resolver.Kind) async throws {
        #expect(await driver(kind).apply(try names("mail.example.com")) == nil)
        let first = try directory.text("names")
        #expect(first.hasPrefix("# Written by interlock"))
        #expect(try FileSystem.mode(of: file) == 0o644)
        #expect(await driver(kind).apply(try names("mx.example.com")) == nil)
        #expect(try directory.text("names") == first.replacing("mail.example.com", with: "mx.example.com"))
        try directory.write("", to: "names")
        #expect(await driver(kind).apply(try names("mail.example.com")) == nil)
        #expect(try directory.text("names") == first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["names"])
    }

    @Test("that cannot be written, or is a symbolic link, is told")
    func unwritable() async throws {
        try directory.write("x", to: "elsewhere")
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: directory.file("elsewhere"))
        let problem = await driver(.hosts).apply(try names("mail.example.com"))
        #expect(problem?.description.hasPrefix("the resolver's file: cannot open \(file)") == true)
        #expect(try directory.text("elsewhere") == "x")
        var settings = MailSettings.Resolver(kind: .unbound, file: directory.file("missing/names"))
        settings.reload = ["touch", directory.file("reloaded")]
        let missing = await ResolverDriver(settings, address: address).apply(try names("mail.example.com"))
        #expect(missing?.description.contains("No such file or directory") == true)
        #expect(!FileManager.default.fileExists(atPath: directory.file("reloaded")))
    }

    @Test(
        "of hosts keeps every other line, its mode and its owner",
        arguments: [
            "", "127.0.0.1 localhost\n", "127.0.0.1 localhost", "\n\n# a comment\r\n::1\tip6-localhost  # ä\n",
            "172.18.30.4 mail.example.com\n",
            "172.18.30.5 webmail.example.com mail.example.com.evil.com # mail.example.com\n",
        ])
    func others(text: String) async throws {
        try directory.write(text, to: "names", mode: 0o640)
        if Host.userID == 0 { #expect(chown(file, 1234, 4321) == 0) }
        let driver = driver(.hosts)
        #expect(await driver.apply(try names("mx.example.com", "mail.example.com")) == nil)
        let end = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
        #expect(try directory.text("names") == text + end + Self.block)
        #expect(try FileSystem.mode(of: file) == 0o640)
        if Host.userID == 0 {
            var status = stat()
            #expect(lstat(file, &status) == 0)
            #expect((status.st_uid, status.st_gid) == (1234, 4321))
        }
        #expect(await driver.apply([]) == nil)
        #expect(try directory.text("names") == text + end)
    }

    @Test("of hosts is changed where its part stands, in the middle too")
    func middle() async throws {
        let (before, behind) = ("127.0.0.1 localhost\n", "10.0.0.1 printer\n")
        try directory.write(before + Self.block + behind, to: "names")
        #expect(await driver(.hosts).apply(try names("mx.example.com")) == nil)
        let shorter = Self.block.replacing("172.18.30.4 mail.example.com\n", with: "")
        #expect(try directory.text("names") == before + shorter + behind)
    }

    @Test(
        "of hosts that gives the name another address elsewhere is told, with the line",
        arguments: [
            ("127.0.0.1 localhost\n10.0.0.9\tMail.Example.Com alias\n", 2, "10.0.0.9"),
            ("::1 a mail.example.com\n" + block, 1, "::1"),
        ])
    func conflict(_ text: String, _ line: Int, _ other: String) async throws {
        try directory.write(text, to: "names")
        let problem = await driver(.hosts).apply(try names("mail.example.com"))
        #expect(problem == .otherLine(file, line: line, try name("mail.example.com"), address: other))
        #expect(try directory.text("names") == text)
    }

    @Test(
        "of hosts whose marks are not one pair is left alone",
        arguments: [
            block.replacing("# END interlock\n", with: ""), block + block,
            "# END interlock\n" + block.replacing("# END interlock\n", with: ""),
        ])
    func broken(text: String) async throws {
        try directory.write(text, to: "names")
        #expect(await driver(.hosts).apply(try names("mail.example.com")) == .brokenBlock(file))
        #expect(try directory.text("names") == text)
    }

    @Test("is not made without a name")
    func nothing() async throws {
        #expect(await driver(.hosts).apply([]) == nil)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("whose reload fails is told with its end and its last word; the next pass tries again")
    func reload() async throws {
        let script = "#!/bin/sh\necho first\necho 'no such \u{1B}unit' >&2\nexit 3\n"
        let program = try directory.write(script, to: "reload", mode: 0o700)
        let driver = driver(.hosts, reload: [program, "x"])
        let expected = "the resolver's reload failed: \(program): exit 3: no such ?unit"
        #expect(await driver.apply(try names("mail.example.com"))?.description == expected)
        #expect(await driver.apply(try names("mail.example.com"))?.description == expected)
        try directory.write("#!/bin/sh\n", to: "reload", mode: 0o700)
        #expect(await driver.apply(try names("mail.example.com")) == nil)
        let missing = self.driver(.hosts, reload: [directory.file("missing")])
        let problem = await missing.apply(try names("mail.example.com"))
        #expect(problem?.description.contains("cannot execute \(directory.file("missing")): No such file") == true)
    }
}
