import Foundation

/// A receiver of webhooks that judges their signatures by Python's library, within TLS or not. The path says what it does:
/// `/200` and every other number is answered; `/kept` too, and waits for more; `/slow` too, after a while; `/busy?SECONDS` and
/// `/away` ask for some time; `/moved` sends elsewhere; `/hang` says nothing; `/cut` hangs up; `/half` hangs up in its answer; `/endless` answers with 64 MB.
public final class WebhookReceiver {
    public let address: PeerAddress
    private let directory: PeerDirectory
    private let peer: Peer

    private static let program = """
        import base64, hashlib, hmac, http.server, ssl, sys, threading, time
        host, port, secret, chain, key = sys.argv[1:]
        secret = base64.b64decode(secret.removeprefix('whsec_'))
        def say(*words):
            # In one piece: many threads speak.
            print(' '.join(words) + '\\n', end='', flush=True)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def log_message(self, *words):
                pass
            isKept = False
            def finish(self):
                super().finish()
                if self.isKept:
                    say('end')
            def answer(self, status, body=b'', **fields):
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name.replace('_', '-'), value)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                id, moment = self.headers['webhook-id'], self.headers['webhook-timestamp']
                code = hmac.new(secret, f'{id}.{moment}.'.encode() + body, hashlib.sha256).digest()
                expected = 'v1,' + base64.b64encode(code).decode()
                isGenuine = hmac.compare_digest(self.headers['webhook-signature'], expected)
                isNow = abs(time.time() - int(moment)) < 300
                say(self.path, id, self.headers['Content-Type'], body.decode())
                word = self.path.split('?')[0].strip('/')
                if not (isGenuine and isNow):
                    self.answer(401)
                elif word.isdigit():
                    self.answer(int(word))
                elif word == 'kept':
                    self.isKept = True
                    self.answer(200)
                    return
                elif word == 'busy':
                    self.answer(429, Retry_After=self.path.partition('?')[2] or '7')
                elif word == 'slow':
                    time.sleep(0.3)
                    self.answer(200)
                elif word == 'away':
                    self.answer(503, Retry_After='99999999')
                elif word == 'moved':
                    self.answer(307, Location='/200')
                elif word == 'hang':
                    threading.Event().wait()
                elif word == 'half':
                    self.wfile.write(b'HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nhalf')
                elif word == 'endless':
                    self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n')
                    try:
                        for _ in range(1000):
                            self.wfile.write(b'x' * 65536)
                        say('somebody listens')
                    except OSError:
                        say('nobody listens')
                self.close_connection = True
        server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
        server.daemon_threads = True
        if chain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain, key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        say('listening')
        server.serve_forever()
        """

    /// - Parameter issued: nil for one without TLS.
    public init(
        secret: String, _ issued: CertificateAuthority.Issued?, at address: PeerAddress = PeerAddress()
    ) throws {
        self.address = address
        directory = try PeerDirectory()
        let program = try directory.write(Self.program, to: "server.py")
        let files = [issued?.chain ?? "", issued?.key ?? ""]
        peer = try Peer(["python3", program, address.host, "\(address.port)", secret] + files, at: address, directory)
    }

    /// What it wrote down, line by line: `listening`, then path, id, type and body of each message.
    public func lines() -> [String] {
        ((try? directory.text("log")) ?? "").split(separator: "\n").map(String.init)
    }
}
