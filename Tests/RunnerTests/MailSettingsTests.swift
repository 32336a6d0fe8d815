import Events
import Runner
import System
import Testing

@Suite("The section mail of a configuration")
struct MailSettingsTests {
    /// A configuration with this section and two tasks.
    private func yaml(_ section: String) -> String {
        """
        tasks: { configure: { command: [x, "{app}"] }, server: { command: [x] } }
        mail: \(section)
        """
    }

    @Test("says all of it")
    func everyKey() throws {
        let mail = try #require(try configuration(completeConfiguration).mail)
        var expected = MailSettings(internalAddress: "172.18.30.4")
        expected.envOwner = "app"
        expected.credentialsFile = "/etc/dovecot/apps"
        expected.retryAfter = .seconds(90)
        expected.certificate = "/tls/fullchain.pem"
        expected.key = "/tls/privkey.pem"
        expected.authorities = "/tls/ca.pem"
        expected.smtpPort = 2526
        expected.smtpsPort = 2466
        expected.reload = ["systemctl", "reload", "mail"]
        var resolver = MailSettings.Resolver(kind: .hosts, file: "/etc/hosts.mail")
        resolver.reload = ["/etc/interlock/reload", "hosts"]
        resolver.ask = ListenAddress(written: "127.0.0.1:53")
        expected.resolver = resolver
        expected.configureTask = "app-configure"
        expected.serverTask = "backup"
        expected.parallel = 5
        expected.dashboardDomain = HostName(canonical: "my.example.com")
        #expect(mail == expected)
    }

    @Test("needs an address only")
    func least() throws {
        let mail = try #require(try configuration(yaml("{ internal-address: 10.0.0.1 }")).mail)
        #expect(mail == MailSettings(internalAddress: "10.0.0.1"))
        #expect((mail.variablePrefix, mail.parallel) == ("MAIL_", 3))
        #expect((mail.smtpPort, mail.smtpsPort) == (2525, 2465))
        #expect(try configuration("").mail == nil)
    }

    @Test("tells a mistake with its place")
    func place() {
        #expect(
            problems("mail: { internal-address: 10.0.0.1, parallel: 0 }") == [
                "1:47 mail.parallel must be a whole number from 1 to 100, not '0'"
            ])
    }

    @Test(
        "is refused in words",
        arguments: [
            ("{}", "mail has no internal-address"), ("[]", "mail must be a mapping"),
            ("{ internal-address: mail }", "mail.internal-address must be an IPv4 address"),
            ("{ internal-address: '::1' }", "mail.internal-address must be an IPv4 address"),
            ("{ internal-address: 10.0.0.1:25 }", "mail.internal-address must be an IPv4 address"),
            ("{ internal-address: 10.0.0.1, env-prefix: MAIL }", "mail.env-prefix must be capital letters"),
            ("{ internal-address: 10.0.0.1, env-prefix: 'A=B_' }", "mail.env-prefix must be capital letters"),
            ("{ internal-address: 10.0.0.1, env-prefix: 1_ }", "mail.env-prefix must be capital letters"),
            ("{ internal-address: 10.0.0.1, key: /k }", "mail needs both certificate and key"),
            (
                "{ internal-address: 10.0.0.1, credentials-file: apps }",
                "mail.credentials-file must be an absolute path"
            ),
            ("{ internal-address: 10.0.0.1, ca: ca.pem }", "mail.ca must be an absolute path"),
            ("{ internal-address: 10.0.0.1, smtp-port: 0 }", "mail.smtp-port must be a whole number from 1 to 65535"),
            ("{ internal-address: 10.0.0.1, smtp-port: 2465 }", "mail.smtp-port and mail.smtps-port are both 2465"),
            ("{ internal-address: 10.0.0.1, parallel: 101 }", "mail.parallel must be a whole number from 1 to 100"),
            ("{ internal-address: 10.0.0.1, reload: [x, '{app}'] }", "mail.reload is nobody's request"),
            ("{ internal-address: 10.0.0.1, reload: x }", "mail.reload must be a list"),
            (
                "{ internal-address: 10.0.0.1, configure-task: configur }",
                "no task 'configur'; did you mean 'configure'?"
            ),
            ("{ internal-address: 10.0.0.1, configure-task: server }", "mail.configure-task must be a task on an app"),
            (
                "{ internal-address: 10.0.0.1, server-task: configure }",
                "mail.server-task must be a task without an app"
            ),
            ("{ internal-address: 10.0.0.1, dashboard-domain: my }", "mail.dashboard-domain: 'my' is a single label"),
            ("{ internal-address: 10.0.0.1, resolver: {} }", "mail.resolver has no kind"),
            ("{ internal-address: 10.0.0.1, resolver: { kind: bind, file: /f } }", "unbound or dnsmasq or hosts"),
            (
                "{ internal-address: 10.0.0.1, resolver: { kind: hosts, file: f } }",
                "mail.resolver.file must be an absolute"
            ),
            (
                "{ internal-address: 10.0.0.1, resolver: { kind: hosts, file: /f, ask: here } }",
                "mail.resolver.ask must be"
            ),
            (
                "{ internal-address: 10.0.0.1, resolver: { kind: hosts, file: /f, ask: '127.0.0.1:0' } }",
                "mail.resolver.ask must be"
            ),
            ("{ internal-address: 10.0.0.1, ports: 25 }", "mail: unknown key 'ports'"),
        ])
    func refused(_ section: String, _ words: String) {
        let found = problems(yaml(section))
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }
}
