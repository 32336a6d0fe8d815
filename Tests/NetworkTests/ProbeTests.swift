import Certificates
import Events
import Foundation
import Network
import PeerTesting
import System
import Testing

@Suite("The certificate that a mail server serves", .timeLimit(.minutes(5)))
struct ProbeTests {
    private let authority: CertificateAuthority
    private static let time = Duration.seconds(60)

    init() throws { authority = try CertificateAuthority() }

    private func stub(_ manner: MailStub.Manner, _ issued: CertificateAuthority.Issued) async throws -> MailStub {
        let stub = try MailStub(manner, issued)
        try await eventually { stub.lines().contains("listening") }
        return stub
    }

    private func probe(
        _ stub: MailStub, _ text: String = "mail.example.com", _ security: ServedCertificate.Security = .startTLS,
        trust: String? = nil, within time: Duration = time
    ) async throws -> Certificate {
        try await ServedCertificate.probe(
            try name(text), at: try stub.address.listenAddress, security, trust: trust ?? authority.file, within: time)
    }

    /// Why a probe failed; nil when it did not.
    private func failure(_ body: () async throws -> Certificate) async throws -> ProbeFailure? {
        do {
            _ = try await body()
            return nil
        } catch {
            return try #require(error as? ProbeFailure)
        }
    }

    private func certificate(_ issued: CertificateAuthority.Issued) throws -> Certificate {
        try Certificate(pem: Array(Data(contentsOf: URL(filePath: issued.chain))))
    }

    @Test(
        "is the one that clients see, by STARTTLS and within TLS",
        arguments: [ServedCertificate.Security.startTLS, .implicit])
    func served(security: ServedCertificate.Security) async throws {
        let issued = try authority.issue(["*.example.com"])
        let stub = try await stub(security == .startTLS ? .startTLS : .implicit, issued)
        #expect(try await probe(stub, "mail.example.com", security) == (try certificate(issued)))
        try await eventually { stub.lines().last == "QUIT" }
        let commands = security == .startTLS ? ["EHLO", "STARTTLS"] : []
        #expect(stub.lines() == ["listening"] + commands + ["EHLO", "NOOP", "QUIT"])
    }

    @Test("must cover the name, by one of its DNS names", arguments: [["*.eu.example.com", "example.com"], []])
    func notCovered(names: [String]) async throws {
        let stub = try await stub(.startTLS, try authority.issue(names, commonName: "mail.example.com"))
        #expect(try await failure { try await probe(stub) } == .notCovered(try name("mail.example.com")))
    }

    @Test("must be valid now")
    func expired() async throws {
        let stub = try await stub(.startTLS, try authority.issue(["mail.example.com"], days: -1))
        let found = try await failure { try await probe(stub) }
        #expect(found == .notTrusted("SSL certificate problem: certificate has expired"))
    }

    @Test("must be signed by an authority that is trusted; the system's are not asked where a file is given")
    func untrusted() async throws {
        let stub = try await stub(.startTLS, try authority.issue(["mail.example.com"]))
        let other = try CertificateAuthority()
        for trust in [other.file, "/etc/ssl/certs/ca-certificates.crt"]
        where FileManager.default.fileExists(atPath: trust) {
            guard case .notTrusted(let reason)? = try await failure({ try await probe(stub, trust: trust) }) else {
                Issue.record("trusted by \(trust)")
                continue
            }
            #expect(reason.contains("unable to get local issuer certificate"))
        }
        let system = try await failure {
            try await ServedCertificate.probe(
                try name("mail.example.com"), at: try stub.address.listenAddress, .startTLS, trust: nil,
                within: Self.time)
        }
        guard case .notTrusted? = system else {
            Issue.record("\(String(describing: system))")
            return
        }
    }

    @Test("is not looked for without STARTTLS: nothing is said in the clear")
    func withoutTLS() async throws {
        let stub = try await stub(.withoutTLS, try authority.issue(["mail.example.com"]))
        #expect(try await failure { try await probe(stub) } == .noTLS(try stub.address.listenAddress))
        #expect(!stub.lines().contains("NOOP"))
    }

    @Test("is not served by nobody, by somebody who says nothing, nor by somebody who is no mail server")
    func unreachable() async throws {
        let issued = try authority.issue(["mail.example.com"])
        let nowhere = try PeerAddress().listenAddress
        let nobody = try await failure {
            try await ServedCertificate.probe(
                try name("mail.example.com"), at: nowhere, .startTLS, trust: authority.file, within: Self.time)
        }
        guard case .cannotConnect(nowhere, _)? = nobody else {
            Issue.record("\(String(describing: nobody))")
            return
        }
        let silent = try await stub(.silent, issued)
        guard case .failed(let reason)? = try await failure({ try await probe(silent, within: .milliseconds(200)) })
        else {
            Issue.record("somebody silent served")
            return
        }
        // Without the milliseconds: the same problem is told in the same words.
        #expect(reason == "Timeout was reached")
        let other = try await stub(.noSMTP, issued)
        guard case .failed? = try await failure({ try await probe(other) }) else {
            Issue.record("no mail server served")
            return
        }
    }

    @Test("cannot be looked at with a file of authorities that is not there")
    func missingAuthorities() async throws {
        let stub = try await stub(.startTLS, try authority.issue(["mail.example.com"]))
        guard case .failed(let reason)? = try await failure({ try await probe(stub, trust: "/nowhere/ca.pem") }) else {
            Issue.record("served without authorities")
            return
        }
        #expect(reason.contains("/nowhere/ca.pem"))
    }

    @Test("can be looked at many times at once, on few threads")
    func manyAtOnce() async throws {
        let issued = try authority.issue(["mail.example.com"])
        let stub = try await stub(.startTLS, issued)
        let expected = try certificate(issued)
        let (asked, address, trust) = (try name("mail.example.com"), try stub.address.listenAddress, authority.file)
        try await withThrowingTaskGroup(of: Certificate.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await ServedCertificate.probe(asked, at: address, .startTLS, trust: trust, within: Self.time)
                }
            }
            for try await found in group { #expect(found == expected) }
        }
        try await eventually { stub.lines().filter { $0 == "QUIT" }.count == 20 }
    }

    @Test(
        "of postfix is the one of its file, at both ports",
        .enabled(if: Host.userID == 0, "postfix runs below root only"))
    func postfix() async throws {
        let issued = try authority.issue(["mail.example.com"])
        let postfix = try Postfix(issued)
        let expected = try certificate(issued)
        for (address, security) in [
            (postfix.plain, ServedCertificate.Security.startTLS), (postfix.secure, .implicit),
        ] {
            var found: Certificate?
            try await eventually {
                do {
                    found = try await ServedCertificate.probe(
                        try name("mail.example.com"), at: try address.listenAddress, security, trust: authority.file,
                        within: Self.time)
                } catch ProbeFailure.cannotConnect {
                    return false
                }
                return true
            }
            #expect(found == expected, "\(postfix.log())")
        }
    }
}
