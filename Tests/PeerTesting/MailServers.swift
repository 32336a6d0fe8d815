import Foundation

/// A server that speaks SMTP as far as a TLS client needs it, in a way that a test chooses.
public final class MailStub {
    public enum Manner: String, Sendable {
        case startTLS, implicit, withoutTLS, silent, noSMTP
    }

    public let address = PeerAddress()
    private let directory: PeerDirectory
    private let peer: Peer

    private static let program = """
        import signal, socket, ssl, sys, threading
        def say(words):
            # In one piece: many threads speak.
            print(f'{words}\\n', end='', flush=True)
        host, port, manner, chain, key = sys.argv[1:]
        context = None
        def load():
            global context
            fresh = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            fresh.load_cert_chain(chain, key)
            context = fresh
        load()
        signal.signal(signal.SIGHUP, lambda *_: (say('reload'), load()))
        def serve(s):
            if manner == 'silent':
                s.recv(1)
                return
            if manner == 'implicit':
                s = context.wrap_socket(s, server_side=True)
            s.sendall(b'220 here ESMTP\\r\\n' if manner != 'noSMTP' else b'554 not here\\r\\n')
            f = s.makefile('rb')
            isPlain = manner == 'startTLS'
            while True:
                line = f.readline()
                if not line:
                    return
                word = line.split()[0].upper()
                say(word.decode())
                if word == b'EHLO':
                    s.sendall(b'250-here\\r\\n250-STARTTLS\\r\\n250 8BITMIME\\r\\n' if isPlain else b'250-here\\r\\n250 8BITMIME\\r\\n')
                elif word == b'STARTTLS':
                    s.sendall(b'220 go\\r\\n')
                    s = context.wrap_socket(s, server_side=True)
                    f = s.makefile('rb')
                    isPlain = False
                elif word == b'QUIT':
                    s.sendall(b'221 bye\\r\\n')
                    return
                else:
                    s.sendall(b'250 ok\\r\\n')
        def guarded(s):
            try:
                serve(s)
            except OSError as problem:
                say(problem)
            finally:
                s.close()
        listener = socket.create_server((host, int(port)))
        say('listening')
        while True:
            threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()
        """

    public init(_ manner: Manner, _ issued: CertificateAuthority.Issued) throws {
        directory = try PeerDirectory()
        let program = try directory.write(Self.program, to: "server.py")
        let command = ["python3", program, address.host, "\(address.port)", manner.rawValue, issued.chain, issued.key]
        peer = try Peer(command, at: address, directory)
    }

    /// The command by which it takes up another certificate in its files; it ends where that cannot be used.
    public var reloadCommand: [String] { ["sh", "-c", "kill -HUP \(peer.id)"] }

    /// Runs it.
    public func reload() throws { try PeerCommand.run(reloadCommand) }

    /// What it wrote down, line by line: `listening`, then the commands that it was given, and `reload`.
    public func lines() -> [String] {
        ((try? directory.text("log")) ?? "").split(separator: "\n").map(String.init)
    }
}

/// Debian's postfix, with a configuration and a queue of a test's own: SMTP with STARTTLS at a port, SMTP within TLS at the
/// next one. Mail to anybody at inbox.test goes into one mailbox. It needs root.
public final class Postfix {
    public let plain: PeerAddress
    public let secure: PeerAddress
    private let directory: PeerDirectory
    private let peer: Peer

    public init(_ issued: CertificateAuthority.Issued, at address: PeerAddress = PeerAddress()) throws {
        plain = address
        secure = PeerAddress(beside: plain)
        directory = try PeerDirectory()
        let path = directory.path
        // Its processes are other users' and pass through.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        for name in ["etc", "queue", "data", "mail"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755]
            )
        }
        for name in ["data", "mail"] {
            try FileManager.default.setAttributes([.ownerAccountName: "postfix"], ofItemAtPath: directory.file(name))
        }
        let user = try FileManager.default.attributesOfItem(atPath: directory.file("mail"))[.ownerAccountID] ?? 0
        try directory.write(
            """
            compatibility_level = 3.6
            queue_directory = \(path)/queue
            data_directory = \(path)/data
            myhostname = mail.example.com
            mydestination = example.com
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            smtpd_tls_security_level = may
            smtpd_tls_chain_files = \(issued.key), \(issued.chain)
            smtpd_tls_session_cache_database =
            smtpd_peername_lookup = no
            local_recipient_maps =
            alias_maps =
            alias_database =
            virtual_mailbox_domains = inbox.test
            virtual_mailbox_base = \(path)/mail
            virtual_mailbox_maps = static:box
            virtual_uid_maps = static:\(user)
            virtual_gid_maps = static:\(user)
            virtual_minimum_uid = 1
            maillog_file = /dev/stdout

            """, to: "etc/main.cf", mode: 0o644)
        try directory.write(
            """
            \(plain) inet n - n - - smtpd
            \(secure) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            error unix - - n - - error
            retry unix - - n - - error
            virtual unix - n n - - virtual
            rewrite unix - - n - - trivial-rewrite
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            tlsmgr unix - - n 1000? 1 tlsmgr
            postlog unix-dgram n - n - 1 postlogd

            """, to: "etc/master.cf", mode: 0o644)
        let command = ["env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "postfix", "-c", directory.file("etc"), "start-fg"]
        peer = try Peer(command, at: plain, directory)
    }

    /// Ends all of it: the first of its processes takes the others along.
    deinit {
        guard let text = try? directory.text("queue/pid/master.pid").filter(\.isNumber), let id = Int32(text) else {
            return
        }
        kill(id, SIGTERM)
    }

    /// The command by which it takes up another certificate in its files.
    public var reloadCommand: [String] {
        ["env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "postfix", "-c", directory.file("etc"), "reload"]
    }

    /// What has arrived.
    public func mailbox() -> String { (try? directory.text("mail/box")) ?? "" }

    public func log() -> String { (try? directory.text("log")) ?? "" }
}
