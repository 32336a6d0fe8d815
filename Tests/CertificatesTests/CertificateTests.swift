import Certificates
import Digest
import Events
import Foundation
import PeerTesting
import Testing

private func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

private func name(_ text: String) throws -> HostName { try #require(HostName(canonical: text)) }

@Suite("A server's certificate")
struct CertificateTests {
    private let authority: CertificateAuthority

    init() throws { authority = try CertificateAuthority() }

    @Test("is known by its fingerprint, its dates and its DNS names, as openssl has them")
    func facts() throws {
        let issued = try authority.issue(
            ["Mail.Example.com", "*.apps.example.com"], commonName: "elsewhere.example.com")
        let certificate = try Certificate(pem: try bytes(issued.chain))
        #expect(certificate.names == ["Mail.Example.com", "*.apps.example.com"])
        let told = try CertificateAuthority.openssl(["x509", "-in", issued.chain, "-noout", "-fingerprint", "-sha256"])
        let digits = try #require(told.split(separator: "=").last).filter(\.isHexDigit).lowercased()
        #expect(certificate.fingerprint.description == digits)
        let dates = try CertificateAuthority.openssl([
            "x509", "-in", issued.chain, "-noout", "-dates", "-dateopt", "iso_8601",
        ])
        for (label, time) in [("notBefore", certificate.notBefore), ("notAfter", certificate.notAfter)] {
            // openssl: `notAfter=2026-12-27 18:40:00Z`.
            let text = time.description.replacing("T", with: " ").replacing(".000000Z", with: "Z")
            #expect(dates.contains("\(label)=\(text)"))
        }
    }

    @Test(
        "covers by RFC 9525: whole names, and a whole first label by its star",
        arguments: [
            (["mail.example.com"], "mail.example.com", true),
            (["MAIL.Example.COM"], "mail.example.com", true),
            (["mail.example.com"], "webmail.example.com", false),
            (["mail.example.com"], "mail.example.com.evil.com", false),
            (["mail.example.com"], "example.com", false),
            (["*.example.com"], "mail.example.com", true),
            (["*.example.com"], "example.com", false),
            (["*.example.com"], "mail.eu.example.com", false),
            (["*.example.com"], "xn--bcher-kva.example.com", true),
            (["m*.example.com"], "mail.example.com", false),
            (["*il.example.com"], "mail.example.com", false),
            (["mail.*.com"], "mail.example.com", false),
            (["*.*.com"], "mail.example.com", false),
            (["other.example.com", "mail.example.com"], "mail.example.com", true),
            ([], "mail.example.com", false),
        ])
    func coverage(_ names: [String], _ asked: String, _ isCovered: Bool) throws {
        let issued = try authority.issue(names, commonName: asked)
        #expect(try Certificate(pem: try bytes(issued.chain)).covers(try name(asked)) == isCovered)
    }

    @Test("is the first one of a chain")
    func chain() throws {
        let (first, second) = (try authority.issue(["a.example.com"]), try authority.issue(["b.example.com"]))
        let certificate = try Certificate(pem: try bytes(first.chain) + bytes(second.chain))
        #expect(certificate.names == ["a.example.com"])
        #expect(try Certificate(pem: try bytes(first.key) + bytes(second.chain)).names == ["b.example.com"])
    }

    @Test("is told apart from what is none")
    func refused() throws {
        let issued = try authority.issue(["a.example.com"])
        let pem = try bytes(issued.chain)
        #expect(throws: CertificateError.notPEM) { try Certificate(pem: []) }
        #expect(throws: CertificateError.notPEM) { try Certificate(pem: Array("a.example.com".utf8)) }
        #expect(throws: CertificateError.noCertificate) { try Certificate(pem: try bytes(issued.key)) }
        #expect(throws: CertificateError.tooLarge) {
            try Certificate(pem: pem + Array(repeating: 10, count: Certificate.maximumBytes))
        }
        for cut in [40, pem.count / 2, pem.count - 30] {
            #expect(throws: CertificateError.self) { try Certificate(pem: Array(pem[..<cut])) }
        }
    }
}

@Suite("A certificate and its key")
struct ServerIdentityTests {
    private let authority: CertificateAuthority

    init() throws { authority = try CertificateAuthority() }

    @Test("serve a name while the key, the dates and the name are right")
    func problems() throws {
        let (issued, other) = (try authority.issue(["*.example.com"]), try authority.issue(["*.example.com"]))
        let identity = try ServerIdentity(chain: try bytes(issued.chain), key: try bytes(issued.key))
        let asked = try name("mail.example.com")
        let (begin, end) = (identity.certificate.notBefore, identity.certificate.notAfter)
        #expect(identity.problem(for: asked, at: begin) == nil)
        #expect(identity.problem(for: asked, at: end) == nil)
        #expect(
            identity.problem(for: asked, at: Timestamp(microseconds: begin.microseconds - 1))
                == .notYetValid(from: begin))
        #expect(identity.problem(for: asked, at: Timestamp(microseconds: end.microseconds + 1)) == .expired(at: end))
        let short = try name("mail.eu.example.com")
        #expect(
            identity.problem(for: short, at: begin)?.description
                == "the certificate does not cover mail.eu.example.com: it covers *.example.com")
        #expect(identity.problem(at: begin) == nil)
        let mixed = try ServerIdentity(chain: try bytes(issued.chain), key: try bytes(other.key))
        #expect(mixed.problem(for: asked, at: begin) == .keyMismatch)
    }

    @Test("are refused where one of them cannot be read, with the one that it is")
    func refused() throws {
        let issued = try authority.issue(["a.example.com"])
        let (chain, key) = (try bytes(issued.chain), try bytes(issued.key))
        #expect(throws: ServerIdentity.Failure.key(.noKey)) { try ServerIdentity(chain: chain, key: chain) }
        #expect(throws: ServerIdentity.Failure.certificate(.noCertificate)) { try ServerIdentity(chain: key, key: key) }
        #expect(throws: ServerIdentity.Failure.key(.notPEM)) { try ServerIdentity(chain: chain, key: [0, 1, 2]) }
    }

    @Test(
        "never ask for a passphrase: nobody is there to give one",
        arguments: [["-aes256"], ["-traditional", "-aes256"]])
    func encrypted(options: [String]) throws {
        let issued = try authority.issue(["a.example.com"])
        let encrypted = issued.key + ".encrypted"
        let command = options.contains("-traditional") ? ["ec"] : ["pkcs8", "-topk8", "-v2", "aes256"]
        let cipher = options.contains("-traditional") ? ["-aes256"] : []
        try CertificateAuthority.openssl(
            command + cipher + ["-in", issued.key, "-passout", "pass:secret", "-out", encrypted])
        #expect(throws: ServerIdentity.Failure.key(.encryptedKey)) {
            try ServerIdentity(chain: try bytes(issued.chain), key: try bytes(encrypted))
        }
    }
}
