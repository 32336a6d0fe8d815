import Glibc
import MySQL
import Testing

@Suite("A database URL")
struct EndpointTests {
    @Test(
        "is read as written and written as read",
        arguments: [
            ("mysql://root@localhost/interlock", Endpoint(.socket(path: nil), user: "root", database: "interlock")),
            (
                "mysql://u@localhost/n?socket=/run/my%20sql.sock",
                Endpoint(.socket(path: "/run/my sql.sock"), user: "u", database: "n")
            ),
            (
                "mysql://u:p%40ss%3A%2F%3F@db.example.com:3307/n",
                Endpoint(
                    .tcp(host: "db.example.com", port: 3307), user: "u", password: .inline("p@ss:/?"), database: "n")
            ),
            ("mysql://u:@h:1/n", Endpoint(.tcp(host: "h", port: 1), user: "u", password: .inline(""), database: "n")),
            ("mysql://u@[::1]:3306/n", Endpoint(.tcp(host: "::1", port: 3306), user: "u", database: "n")),
            (
                "mysql://u@localhost:3306/n?tls=required",
                Endpoint(.tcp(host: "localhost", port: 3306), user: "u", database: "n", tls: .required)
            ),
            (
                "mysql://%C3%BCser@h:3306/d%C3%A4ta?tls=verify-full&ca=/etc/ca.pem&password-file=/run/secret",
                Endpoint(
                    .tcp(host: "h", port: 3306), user: "üser", password: .file("/run/secret"), database: "däta",
                    tls: .verifyFull(ca: "/etc/ca.pem"))
            ),
        ])
    func roundTrip(url: String, expected: Endpoint) throws {
        let endpoint = try Endpoint(url: url, allowPassword: true)
        #expect(endpoint == expected)
        #expect(endpoint.url == url)
    }

    @Test("gets the default port")
    func defaultPort() throws {
        let endpoint = try Endpoint(url: "mysql://u@h/n", allowPassword: false)
        #expect(endpoint.transport == .tcp(host: "h", port: 3306))
    }

    @Test(
        "says what is wrong with it",
        arguments: [
            ("postgres://u@h/n", "does not start with mysql://"), ("mysql://h/n", "names no user"),
            ("mysql://@h/n", "names no user before the @"), ("mysql://u@/n", "names no host"),
            ("mysql://u@h", "names no database"), ("mysql://u@h/", "names no database"),
            ("mysql://u@h/a/b", "has a / in"), ("mysql://u@h:0/n", "wrong port, 0"),
            ("mysql://u@h:65536/n", "wrong port, 65536"), ("mysql://u@h:x/n", "wrong port, x"),
            ("mysql://u@h:/n", "wrong port, ;"), ("mysql://u@[::1/n", "without its ]"),
            ("mysql://u@[::1]x/n", "has x after an IPv6 address"),
            ("mysql://u%4@h/n", "broken %XX in the user"), ("mysql://u:%zz@h/n", "broken %XX in the password"),
            ("mysql://u@h%/n", "broken %XX in the host"), ("mysql://u@h/%FF", "broken %XX in the database's name"),
            ("mysql://u@h/n%00", "broken %XX in the database's name"),
            ("mysql://u@h/n?color=red", "unknown item color; known are socket, tls, ca, password-file"),
            ("mysql://u@h/n?tls=perhaps", "has tls=perhaps"), ("mysql://u@h/n?tls=", "gives no value to tls"),
            ("mysql://u@h/n?tls", "gives no value to tls"), ("mysql://u@h/n?tls=required&tls=required", "tls twice"),
            ("mysql://u@h/n?ca=/x", "which only tls=verify-full uses"),
            ("mysql://u@h/n?ca=x&tls=verify-full", "relative"),
            ("mysql://u@h/n?ca=/%x", "broken %XX in the value of ca"),
            ("mysql://u@localhost/n?tls=verify-full", "on a Unix socket"),
            ("mysql://u@h/n?socket=/s", "another host than localhost"),
            ("mysql://u@localhost:3306/n?socket=/s", "both a port and a socket"),
            ("mysql://u:p@h/n?password-file=/f", "both a password and a password-file"),
            ("mysql://u@h/" + String(repeating: "n", count: 65), "more than 64 characters"),
            ("mysql://u@h/" + String(repeating: "n", count: 4096), "longer than 4096 bytes"),
        ])
    func wrong(url: String, complaint: String) throws {
        let error = try failure { _ = try Endpoint(url: url, allowPassword: true) }
        #expect(error.code == .invalidEndpoint)
        #expect((error.description + ";").contains(complaint))
    }

    @Test("holds no password where others can read it")
    func passwordOnCommandLine() throws {
        let error = try failure { _ = try Endpoint(url: "mysql://u:hush@h/n", allowPassword: false) }
        #expect(error.description.contains("password-file=/path"))
        #expect(!error.description.contains("hush"))
    }

    @Test("never shows its password")
    func description() throws {
        let endpoint = try Endpoint(url: "mysql://u:hush@h:3306/n", allowPassword: true)
        #expect("\(endpoint)" == "mysql://u@h:3306/n")
    }

    @Test("takes the password from a file that only its owner can read")
    func passwordFile() throws {
        let path = "/tmp/interlock-password-\(getpid())"
        defer { unlink(path) }
        let endpoint = try Endpoint(url: "mysql://u@h/n?password-file=\(path)", allowPassword: false)
        #expect(try failure { _ = try endpoint.readPassword() }.description.contains("No such file"))
        let file = try #require(fopen(path, "w"))
        fputs("hush hush\n", file)
        fclose(file)
        chmod(path, 0o640)
        #expect(try failure { _ = try endpoint.readPassword() }.description.contains("chmod 600 \(path)"))
        chmod(path, 0o600)
        #expect(try endpoint.readPassword() == "hush hush")
        #expect(endpoint.url.hasSuffix("?password-file=\(path)"))
    }
}
