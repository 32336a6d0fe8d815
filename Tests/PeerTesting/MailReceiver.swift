import Foundation

/// A mail server by Debian's aiosmtpd that keeps what it gets. What it does about a mail says the recipient's local part:
/// `full`, `closing` and `later` get 4xx, `nobody` and `spam` 5xx, at RCPT and behind the whole mail; `terminal` gets a refusal that no
/// terminal should see; `hang` hears nothing more; `cut` loses the connection behind the whole mail, which is kept; `slow` waits;
/// `last` is the last one that this connection may send, and `idle` too, which is told so. Everybody else gets what is theirs.
public final class MailReceiver {
    public enum Manner: String, Sendable {
        case startTLS, implicit, clear
    }

    /// A mail as it came.
    public struct Kept: Decodable, Sendable {
        public let sender: String
        public let recipients: [String]
        public let isEncrypted: Bool
        public let user: String?
        public let content: String
    }

    public let address: PeerAddress
    private let directory: PeerDirectory
    private let peer: Peer

    private static let program = """
        import asyncio, json, pathlib, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        host, port, manner, chain, key, user, password = sys.argv[1:]
        directory, loop = pathlib.Path(sys.argv[0]).parent, None
        def say(*words):
            print(*words, flush=True)
        class Handler:
            count = 0
            async def handle_RCPT(self, server, session, envelope, address, options):
                name = address.split('@')[0]
                say('RCPT', address)
                if name == 'full':
                    return '452 4.2.2 the box is full'
                if name == 'closing':
                    return '421 4.3.2 closing'
                if name == 'nobody':
                    return '550 5.1.1 nobody of that name'
                if name == 'terminal':
                    return '550 \\x1b[31mred\\x07 ' + 'x' * 400
                if name == 'hang':
                    await asyncio.Event().wait()
                envelope.rcpt_tos.append(address)
                return '250 ok'
            async def handle_DATA(self, server, session, envelope):
                name = envelope.rcpt_tos[0].split('@')[0]
                Handler.count += 1
                (directory / f'{Handler.count}.part').write_text(json.dumps(dict(
                    sender=envelope.mail_from, recipients=envelope.rcpt_tos, user=getattr(session, 'auth_data', None),
                    isEncrypted=server.transport.get_extra_info('cipher') is not None,
                    content=envelope.content.decode('ascii'))))
                (directory / f'{Handler.count}.part').rename(directory / f'{Handler.count}.json')
                say('DATA', name)
                if name == 'cut':
                    server.transport.abort()
                    await asyncio.Event().wait()
                if name == 'slow':
                    await asyncio.sleep(0.3)
                if name in ('last', 'idle'):
                    def end():
                        if name == 'idle':
                            server.transport.write(b'421 4.4.2 waited too long\\r\\n')
                        server.transport.close()
                        say('closed')
                    loop.call_later(0.01, end)
                return {'later': '451 4.3.0 another time', 'spam': '554 5.7.1 not this'}.get(name, '250 taken')
            async def handle_QUIT(self, server, session, envelope):
                say('QUIT')
                return '221 bye'
        def authenticate(server, session, envelope, mechanism, data):
            say('AUTH')
            given = data.login.decode(), data.password.decode()
            if given == (user, password):
                return AuthResult(success=True, auth_data=given[0])
            return AuthResult(success=False, handled=False, message='535 5.7.8 nobody has ' + given[1])
        def made():
            say('connect')
            return SMTP(
                Handler(), hostname='here', tls_context=context if manner == 'startTLS' else None,
                require_starttls=manner == 'startTLS', auth_require_tls=False, auth_required=user != '',
                authenticator=authenticate, loop=loop)
        async def main():
            global context, loop
            loop = asyncio.get_running_loop()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain, key)
            server = await loop.create_server(made, host, int(port), ssl=context if manner == 'implicit' else None)
            say('listening')
            await server.serve_forever()
        asyncio.run(main())
        """

    /// - Parameter user: with its password whom it demands to be; empty for nobody.
    public init(
        _ manner: Manner, _ issued: CertificateAuthority.Issued, at address: PeerAddress = PeerAddress(),
        user: String = "", password: String = ""
    ) throws {
        self.address = address
        directory = try PeerDirectory()
        let program = try directory.write(Self.program, to: "server.py")
        // Debian's own Python, which has Debian's aiosmtpd.
        let command = [
            "/usr/bin/python3", program, address.host, "\(address.port)", manner.rawValue, issued.chain, issued.key,
            user,
            password,
        ]
        peer = try Peer(command, at: address, directory)
    }

    /// What it wrote down, line by line: `listening`, `connect`, `AUTH`, `RCPT …`, `DATA …`, `QUIT`.
    public func lines() -> [String] {
        ((try? directory.text("log")) ?? "").split(separator: "\n").map(String.init)
    }

    /// The mails that it has got whole, in their order.
    public func mails() throws -> [Kept] {
        let count = lines().filter { $0.hasPrefix("DATA ") }.count
        return try (0..<count).map {
            try JSONDecoder().decode(Kept.self, from: Data(directory.bytes("\($0 + 1).json")))
        }
    }
}
