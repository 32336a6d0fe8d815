import Certificates
import Events
import Foundation
import Network
import PeerTesting
import Testing

@testable import System

/// A host with a mail server, a resolver, and apps that send mail at their start: Debian's postfix or a stub, a resolver of
/// Debian's or a file of hosts, and a Python program that reads its variables and verifies the server as `smtplib` does it.
final class MailHost {
    enum Names: String, CaseIterable {
        case unbound, dnsmasq, hosts
    }

    /// The certificate's names at first.
    static let names = ["a.example.com", "b.example.com", "c.example.com"]

    let authority: CertificateAuthority
    /// Nil where a stub takes its place, which needs no root and takes no mail.
    let postfix: Postfix?
    let stub: MailStub?
    let site: Site
    let resolver: Resolver?
    let certificate: CertificateAuthority.Issued
    private let world: World?

    /// - Parameter configure: the command that gives an app its values, of the directory with the files of variables; nil for
    ///   one that writes down what it was told, and sends mail where a test wants that.
    init(
        _ names: Names = .hosts, parallel: Int = 3, stubbed: Bool = false, configure: ((String) -> [String])? = nil
    ) async throws {
        authority = try CertificateAuthority()
        certificate = try authority.issue(Self.names)
        postfix = stubbed ? nil : try Postfix(certificate)
        stub = stubbed ? try MailStub(.startTLS, certificate) : nil
        if let kind = Resolver.Kind(rawValue: names.rawValue) {
            let world = try World()
            let resolver = try Resolver(kind, world)
            try resolver.start()
            (self.world, self.resolver) = (world, resolver)
        } else {
            (world, resolver) = (nil, nil)
        }
        site = try await Site.make()
        try Data(Self.program.utf8).write(to: URL(filePath: site.scratch.file("app.py")))
        try FileManager.default.createDirectory(
            atPath: site.scratch.file("apps"), withIntermediateDirectories: true)
        let command = try configure?(site.scratch.path) ?? telling()
        try site.scratch.write(try configuration(parallel, command), to: "interlock.yaml")
    }

    /// A resolver for the world is asked by the program; a file of hosts is read by it.
    private static let program = """
        import smtplib, socket, ssl, struct, sys
        folder, app, authority, resolver = sys.argv[1:]
        env = dict(line.rstrip("\\n").split("=", 1) for line in open(folder + "/" + app + ".env"))
        def lookup(name):
            if ":" not in resolver:
                return [l.split()[0] for l in open(resolver) if name in l.split()[1:]][0]
            host, port = resolver.split(":")
            question = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\\0\\0\\1\\0\\1"
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(5)
            s.sendto(b"\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0" + question, (host, int(port)))
            return ".".join(str(b) for b in s.recv(512)[-4:])
        server = env["MAIL_SMTP_SERVER"]
        address = sys.argv[4].split(":")[0] if server == "mail" and ":" in resolver else None
        real = socket.getaddrinfo
        internal = open(folder + "/internal").read()
        socket.getaddrinfo = lambda host, *a, **k: real(internal if host == "mail" else lookup(host), *a, **k)
        context = ssl.create_default_context(cafile=authority)
        with smtplib.SMTP(server, int(env["MAIL_SMTP_PORT"]), timeout=20) as smtp:
            smtp.starttls(context=context)
            text = "From: %s\\r\\nSubject: %s by %s\\r\\n\\r\\nhello\\r\\n" % (env["MAIL_FROM"], app, server)
            smtp.sendmail(env["MAIL_FROM"], ["box@inbox.test"], text)
        """

    /// Writes down what it was told, and sends mail where a test wants that.
    private func telling() throws -> [String] {
        let directory = site.scratch.path
        try Data(address.host.utf8).write(to: URL(filePath: site.scratch.file("internal")))
        let place = resolver.map { "\($0.address)" } ?? site.scratch.file("hosts")
        let script = """
            echo "$0 $INTERLOCK_MAIL_SERVER" >> \(directory)/told; [ ! -e \(directory)/broken-$0 ] && \
            { [ ! -e \(directory)/sends ] || python3 \(directory)/app.py \(directory) $0 \(authority.file) \(place); }
            """
        return ["sh", "-c", script]
    }

    /// Where it speaks SMTP.
    var address: PeerAddress { get throws { try #require(postfix?.plain ?? stub?.address) } }

    private func configuration(_ parallel: Int, _ configure: [String]) throws -> String {
        let directory = site.scratch.path
        let ask = resolver.map { ", ask: \"\($0.address)\"" } ?? ""
        let reload = try resolver.map { ", reload: \(try $0.reloadCommand())" } ?? ""
        let smtps = try postfix?.secure ?? PeerAddress(beside: address)
        return """
            host: { id: h1 }
            tasks:
              configure: { command: [\(configure.map(Self.quoted).joined(separator: ", ")), "{app}"] }
              server:
                command: [sh, -c, 'echo "server $0" >> \(directory)/told; [ ! -e \(directory)/broken-server ]', "{names}"]
                arguments: { names: {} }
              backup: { command: [sleep, "1000"], locks: ["/app/{app}"] }
              update:
                command: [sh, -c, 'grep SERVER \(directory)/$0.env >> \(directory)/updated', "{app}"]
                locks: ["/app/{app}"]
            mail:
              internal-address: \(try address.host)
              smtp-port: \(try address.port)
              smtps-port: \(smtps.port)
              certificate: \(certificate.chain)
              key: \(certificate.key)
              ca: \(authority.file)
              reload: \(try #require(postfix?.reloadCommand ?? stub?.reloadCommand))
              resolver: { kind: \(resolver?.kind.rawValue ?? "hosts"), file: \(resolver?.file ?? site.scratch.file("hosts"))\(reload)\(ask) }
              configure-task: configure
              server-task: server
              parallel: \(parallel)
              retry-after: 100ms
              dashboard-domain: my.example.com
            """
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "'", with: "''") + "'"
    }

    /// Another certificate in the same files.
    func renew(_ names: [String]) throws {
        let new = try authority.issue(names)
        try replace(certificate.chain, by: new.chain)
        try replace(certificate.key, by: new.key)
    }

    func replace(_ file: String, by other: String) throws { try Directory.move(other, to: file) }

    /// Registers apps: those that verify, and others.
    func register(verifying: [String], others: [String] = []) async throws {
        for app in verifying + others {
            let flags = verifying.contains(app) ? ["--requires-valid-certificate"] : []
            let answer = try await site.start(
                [
                    "app", "register", app, "--domain", "\(app).example.com", "--env-file",
                    site.scratch.file("\(app).env"),
                ]
                    + flags
            ).answer()
            try #require(answer.status == 0, "\(answer.error)")
        }
    }

    func rename(_ name: String) async throws -> Answer { try await site.run("mail", "rename", name, "--wait") }

    /// What the configure and server tasks were run with, in their order.
    var told: [String] { site.scratch.text("told").split(separator: "\n").map(String.init) }

    /// What a step of a rename waits for, by `mail status`; nil where it waits for nothing.
    func problem(_ step: String) async throws -> String? {
        try await site.json("mail", "status").problems.elements.first { $0.step.text == step }?.problem.text
    }

    /// The fingerprint of what is served to who trusts the authority only and wants this name; throws where that is not it.
    func served(_ name: String) async throws -> String {
        let (name, address) = (HostName(canonical: name), ListenAddress(written: "\(try address)"))
        let certificate = try await ServedCertificate.probe(
            try #require(name), at: try #require(address), .startTLS, trust: authority.file, within: .seconds(30))
        return "\(certificate.fingerprint)"
    }

    /// What the world's names resolve to.
    static let outside = "203.0.113.9"

    /// The addresses of a name, by the host's resolver, which may need some time until it answers at all.
    func addresses(of name: String) async throws -> [String] {
        let place = try #require(resolver).address
        let server = try #require(ListenAddress(written: "\(place)"))
        let question = DNSQuestion(try #require(HostName(canonical: name)), .a)
        let deadline = MonotonicTime.now.advanced(by: patience)
        while MonotonicTime.now < deadline {
            let answer = await question.ask(server, within: .seconds(10))
            if case .addresses(let found) = answer { return found.map(\.description) }
        }
        throw NeverHappened(what: "an answer about \(name)")
    }

    /// The fingerprint of a certificate's file, by openssl.
    func fingerprint(_ file: String) throws -> String {
        let text = try CertificateAuthority.openssl(["x509", "-in", file, "-noout", "-fingerprint", "-sha256"])
        return try #require(text.split(separator: "=").last).filter(\.isHexDigit).lowercased()
    }

    /// Makes a file that the tasks look for.
    func mark(_ name: String) throws { try Data().write(to: URL(filePath: site.scratch.file(name))) }
    func unmark(_ name: String) throws { try FileManager.default.removeItem(atPath: site.scratch.file(name)) }

    /// The value of a variable in an app's file.
    func variable(_ name: String, of app: String) -> String? {
        site.scratch.text("\(app).env").split(separator: "\n").first { $0.hasPrefix("MAIL_\(name)=") }
            .map { String($0.dropFirst("MAIL_\(name)=".count)) }
    }

    /// Until the state of every app is as it is to be, and no former name is answered.
    func settled(_ name: String) async throws {
        _ = try await site.eventually("settled on \(name)") { () -> Bool? in
            let status = try await site.json("mail", "status")
            let states = status.apps.elements
            let isDone =
                status.name.text == name && status.previous.elements.isEmpty
                && states.allSatisfy { ["current", "stopped"].contains($0.state.text ?? "") }
            return isDone ? true : nil
        }
    }
}
