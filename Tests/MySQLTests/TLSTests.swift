import Foundation
import MySQL
import ServerTesting
import Testing

@Suite("An encrypted connection", .serialized)
struct TLSTests {
    /// A server whose certificate was made for the name localhost by an authority made for this test.
    private func server() async throws -> (server: ScratchServer, directory: String) {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let script = """
            cd "$1"
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
            openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out request.pem
            echo "subjectAltName=DNS:localhost" > names
            openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
            chmod 755 . && chmod 644 *
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", script, "tls", directory]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let server = try await ScratchServer.start(
            options: [
                "--ssl-ca=\(directory)/ca.pem", "--ssl-cert=\(directory)/cert.pem", "--ssl-key=\(directory)/key.pem",
            ], tcp: true)
        let root = try Connection(server.endpoint())
        try root.run("CREATE USER u@'%' IDENTIFIED BY 'right' REQUIRE SSL")
        return (server, directory)
    }

    private func cipher(_ endpoint: Endpoint) throws -> String? {
        try Connection(endpoint).queryOne("SHOW SESSION STATUS LIKE 'Ssl_cipher'") { try $0.text(1) }
    }

    @Test("is encrypted, and verified if asked for")
    func encrypted() async throws {
        let (server, directory) = try await server()
        let (_, otherDirectory) = try await self.server()
        defer { for path in [directory, otherDirectory] { try? FileManager.default.removeItem(atPath: path) } }
        let ca = directory + "/ca.pem"
        func endpoint(_ host: String, _ tls: Endpoint.TLS) -> Endpoint {
            server.tcpEndpoint(user: "u", password: "right", host: host, tls: tls)
        }
        #expect(try failure { _ = try Connection(endpoint("localhost", .off)) }.code == .accessDenied)
        #expect(try cipher(endpoint("127.0.0.1", .required))?.isEmpty == false)
        #expect(try cipher(endpoint("localhost", .verifyFull(ca: ca)))?.isEmpty == false)
        #expect(try failure { _ = try Connection(endpoint("127.0.0.1", .verifyFull(ca: ca))) }.code == .tls)
        #expect(try failure { _ = try Connection(endpoint("localhost", .verifyFull(ca: nil))) }.code == .tls)
        let stranger = otherDirectory + "/ca.pem"
        #expect(try failure { _ = try Connection(endpoint("localhost", .verifyFull(ca: stranger))) }.code == .tls)
    }

    @Test("is not made with a server that cannot encrypt")
    func unencrypted() async throws {
        let off = ServerKind.current == .mariadb ? "--skip-ssl" : "--tls-version="
        let server = try await ScratchServer.start(options: [off], tcp: true)
        try Connection(server.endpoint()).run("CREATE USER u@'%' IDENTIFIED BY 'right'")
        func code(_ tls: Endpoint.TLS) throws -> MySQLError.Code {
            try failure {
                _ = try Connection(server.tcpEndpoint(user: "u", password: "right", host: "localhost", tls: tls))
            }.code
        }
        #expect(try code(.verifyFull(ca: nil)) == .tls)
        // MySQL itself refuses the password that MariaDB's client library sends without encryption.
        #expect(try code(.required) == (ServerKind.current == .mariadb ? .tls : .accessDenied))
    }

    @Test("is also possible by password alone, in the clear")
    func clear() async throws {
        let server = try await ScratchServer.start(tcp: true)
        try Connection(server.endpoint()).run("CREATE USER u@'%' IDENTIFIED BY 'right'")
        #expect(try cipher(server.tcpEndpoint(user: "u", password: "right"))?.isEmpty == true)
    }
}
