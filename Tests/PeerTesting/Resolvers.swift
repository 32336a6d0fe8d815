import Foundation

/// The world's DNS as a test needs it: it answers every name with 203.0.113.9 and 2001:db8::9, and writes down what it was
/// asked.
public final class World {
    private let directory: PeerDirectory
    private let peer: Peer
    public var address: PeerAddress { peer.address }

    private static let program = """
        import socket, struct, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((sys.argv[1], int(sys.argv[2])))
        while True:
            d, peer = s.recvfrom(4096)
            i, labels = 12, []
            while d[i]:
                labels.append(d[i + 1:i + 1 + d[i]].decode().lower())
                i += 1 + d[i]
            kind = struct.unpack('>H', d[i + 1:i + 3])[0]
            data = {1: bytes([203, 0, 113, 9]), 28: bytes([32, 1, 13, 184] + [0] * 11 + [9])}.get(kind)
            record = b'' if data is None else b'\\xc0\\x0c' + struct.pack('>HHIH', kind, 1, 300, len(data)) + data
            print('.'.join(labels), kind, flush=True)
            s.sendto(d[:2] + b'\\x81\\x80' + struct.pack('>HHHH', 1, 1 if data else 0, 0, 0) + d[12:i + 5] + record, peer)
        """

    public init() throws {
        directory = try PeerDirectory()
        let address = PeerAddress()
        let program = try directory.write(Self.program, to: "world.py")
        peer = try Peer(["python3", program, address.host, "\(address.port)"], at: address, directory)
    }

    /// `name type` of each question, in their order; the type as its number.
    public func questions() throws -> [String] { try directory.text("log").split(separator: "\n").map(String.init) }
}

/// A resolver of Debian's with a configuration of a test's own; it includes the file that Interlock writes, and asks `World` for
/// all other names. Not running until it is started; `reload` is the command of a host for it.
public final class Resolver {
    public enum Kind: String, Sendable, CaseIterable {
        case unbound, dnsmasq
    }

    public let kind: Kind
    public let directory: PeerDirectory
    public let address = PeerAddress()
    /// What Interlock writes.
    public var file: String { directory.file("conf.d/interlock.conf") }
    private var peer: Peer?

    public init(_ kind: Kind, _ world: World) throws {
        self.kind = kind
        directory = try PeerDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("conf.d"), withIntermediateDirectories: false)
        switch kind {
        case .unbound: try directory.write(unboundConfiguration(world), to: "main.conf")
        case .dnsmasq: try directory.write(dnsmasqConfiguration(world), to: "main.conf")
        }
    }

    private func unboundConfiguration(_ world: World) -> String {
        """
        server:
            interface: \(address.host)
            port: \(address.port)
            access-control: 127.0.0.0/8 allow
            do-not-query-localhost: no
            username: ""
            chroot: ""
            directory: "\(directory.path)"
            pidfile: "\(directory.file("pid"))"
            use-syslog: no
            logfile: ""
            module-config: "iterator"
            do-daemonize: no
        include: "\(directory.path)/conf.d/*.conf"
        remote-control:
            control-enable: no
        forward-zone:
            name: "."
            forward-addr: \(world.address.host)@\(world.address.port)

        """
    }

    private func dnsmasqConfiguration(_ world: World) -> String {
        """
        port=\(address.port)
        listen-address=\(address.host)
        bind-interfaces
        no-resolv
        no-hosts
        conf-dir=\(directory.path)/conf.d
        server=\(world.address.host)#\(world.address.port)
        user=
        group=
        pid-file=\(directory.file("pid"))

        """
    }

    /// The command of a host by which it takes its configuration up: unbound's signal, dnsmasq's restart.
    public func reloadCommand() throws -> [String] {
        let signal = kind == .unbound ? "HUP" : "TERM"
        let script = "#!/bin/sh\nread -r pid < '\(directory.file("pid"))' && kill -\(signal) $pid\n"
        return [try directory.write(script, to: "reload", mode: 0o700)]
    }

    /// Starts it. One that ends is started again, as by a service manager, and goes with who does so: it keeps its user and
    /// group, as the kernel forgets about that when they change (prctl(2), PR_SET_PDEATHSIG).
    public func start() throws {
        let command = kind == .unbound ? "unbound -d -c main.conf" : "dnsmasq -k -C main.conf"
        let script = """
            PATH=/usr/sbin:/usr/bin:/bin
            cd "$1" && while sleep 0.05; do setpriv --pdeathsig KILL \(command); done
            """
        peer = try Peer(["bash", "-c", script, "resolver", directory.path], at: address, directory)
    }

    /// Ends it; its number, which the host may give to another process, goes with it.
    public func stop() {
        peer?.end()
        peer = nil
        try? FileManager.default.removeItem(atPath: directory.file("pid"))
    }
}
