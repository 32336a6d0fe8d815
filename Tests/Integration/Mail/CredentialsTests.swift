import Digest
import Foundation
import Testing

@testable import System

@Suite("What the mail server knows of the apps' passwords")
struct CredentialsTests {
    @Test("is a salted hash for each app with mail, on standard output, in JSON or in a file that only its owner reads")
    func command() async throws {
        let host = try await AppHost()
        let site = host.site
        #expect(try await site.run("mail", "credentials").output == "")
        let service = try await Service(site)
        try await host.register("blog")
        try await host.register("mute", "--no-mail")
        let password = try await host.password("blog")
        let answer = try await site.run("mail", "credentials")
        let line = try #require(answer.lines.first)
        #expect(answer.status == 0 && answer.lines.count == 1 && answer.error == "")
        let hash = try #require(line.wholeMatch(of: /blog:\{SSHA256\}([A-Za-z0-9+\/]+=*)::::::/)?.1)
        let bytes = [UInt8](try #require(Data(base64Encoded: String(hash))))
        #expect(SHA256.hash(Array(password.utf8) + bytes.dropFirst(32)).bytes == Array(bytes.prefix(32)))
        #expect(bytes.count == 48 && !answer.output.contains(password))
        let json = try await site.json("mail", "credentials").elements
        #expect(json.map(\.user) == ["blog"] && json[0].hash.text == "{SSHA256}\(hash)")

        let file = site.scratch.file("passwd")
        #expect(try await site.run("mail", "credentials", "-o", file).error == "1 credential in \(file)\n")
        #expect(site.scratch.text("passwd") == answer.output)
        #expect(try FileSystem.mode(of: file) == 0o600)
        #expect(try await site.run("mail", "credentials", "-o", file, "--json").status == 64)
        try FileManager.default.createSymbolicLink(atPath: site.scratch.file("link"), withDestinationPath: file)
        let refused = try await site.run("mail", "credentials", "--output", site.scratch.file("link"))
        #expect(refused.status == 77 && refused.error.contains("symbolic link"), "\(refused)")

        // Without a file, an app has no way to learn a password.
        #expect(try await site.run("app", "register", "bare", "--domain", "bare.example.com").status == 0)
        let open = try await site.run("mail", "credentials")
        #expect(open.output == answer.output && open.error.contains("without a password yet: bare."))
        #expect(try await service.stop().status == 0)
    }

    @Test("is kept in the configured file, which the server is told to read again; what is in the way is told")
    func file() async throws {
        let host = try await AppHost()
        let site = host.site
        let (path, reloads) = (site.scratch.file("passwd"), site.scratch.file("reloads"))
        try host.configure("credentials-file: \(path)\nreload: [sh, -c, 'echo x >> \(reloads)']")
        let service = try await Service(site)
        try await host.register("blog")
        try await kept(["blog"], site)
        #expect(try FileSystem.mode(of: path) == 0o600)
        try await host.register("wiki")
        try await kept(["blog", "wiki"], site)
        #expect(try await site.run("app", "update", "wiki", "--no-mail").status == 0)
        try await kept(["blog"], site)
        #expect(site.scratch.text("passwd") == (try await site.run("mail", "credentials").output))
        // Its first, empty content too, and once each.
        _ = try await site.eventually("four reloads") {
            site.scratch.text("reloads").count == 4 * "x\n".count ? true : nil
        }

        // The mail server's user may read it; what is no file is left alone.
        try DurableFile.write([], to: path, mode: 0o640)
        try await host.register("docs")
        try await kept(["blog", "docs"], site)
        #expect(try FileSystem.mode(of: path) == 0o640)
        try Directory.move(path, to: "\(path).kept")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(path).kept")
        try await host.register("more")
        let problem = try await site.eventually("it is told") {
            try await site.json("mail", "status").problems.elements.first { $0.step == "credentials" }
        }
        #expect(problem.problem.text?.contains(path) == true)
        #expect(site.scratch.text("passwd.kept").split(separator: "\n").count == 2)
        try DurableFile.remove(path)
        try await kept(["blog", "docs", "more"], site)
        _ = try await site.eventually("nothing is in the way") {
            try await site.json("mail", "status").problems.elements.isEmpty ? true : nil
        }
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    private func kept(_ users: [String], _ site: Site) async throws {
        _ = try await site.eventually("the file has \(users)") {
            let lines = site.scratch.text("passwd").split(separator: "\n")
            return lines.map { $0.prefix { $0 != ":" } } == users.map { $0[...] } ? true : nil
        }
    }
}
