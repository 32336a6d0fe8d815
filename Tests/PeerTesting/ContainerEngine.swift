import Foundation
import Glibc

/// Debian's Docker engine with a place of a test's own, and an image of busybox alone. No network, no rule of a firewall: a
/// container is a process with an environment. It lives in its own namespace of processes and mounts, so that nothing of it is
/// left, however it ends.
public final class ContainerEngine {
    /// The image that containers are made of; it sleeps.
    public static let image = "app"
    /// The longest time until it answers.
    private static let patience = Duration.seconds(30)

    private let directory: PeerDirectory
    private let peer: Peer
    /// The words by which a program reaches it, arguments of docker's to follow.
    public let client: [String]

    /// Where it listens.
    public var socket: String { directory.file("socket") }

    private static let path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"

    /// Starts one and waits until it answers. Throws why it cannot be: not root, no such package, a kernel or a container
    /// around that does not let it.
    public init() throws {
        guard getuid() == 0 else { throw PeerError("a container engine needs root") }
        for program in ["/usr/bin/docker", "/bin/busybox"] where access(program, X_OK) != 0 {
            throw PeerError("there is no \(program): install docker.io and busybox-static")
        }
        directory = try PeerDirectory()
        client = ["env", Self.path, "docker", "--host", "unix://\(directory.file("socket"))"]
        // Whatever it is told, it keeps some of its sockets in /run, where those of the host's own engine are.
        let script = "mount -t tmpfs none /run && exec dockerd \"$@\""
        let command = [
            "env", Self.path, "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
            script,
            "dockerd", "--config-file", try directory.write("{}", to: "none.json"),
            "--data-root", directory.file("data"), "--exec-root", directory.file("exec"),
            "--pidfile", directory.file("pid"), "--host", "unix://\(directory.file("socket"))",
            "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs",
        ]
        peer = try Peer(command, at: PeerAddress(), directory)
        try answers()
        try importImage()
    }

    /// First its containers, with all that the kernel keeps for them; then the first process of its namespace, with all others.
    deinit {
        if let ids = try? run(["ps", "--all", "--quiet"]).split(separator: "\n").map(String.init), !ids.isEmpty {
            _ = try? run(["rm", "--force"] + ids)
        }
        let children = try? String(contentsOfFile: "/proc/\(peer.id)/task/\(peer.id)/children", encoding: .utf8)
        if let first = children?.split(separator: " ").first, let id = Int32(first) { kill(id, SIGKILL) }
        if !peer.hasEnded(within: 10_000) { peer.end() }
    }

    private func answers() throws {
        let deadline = ContinuousClock.now.advanced(by: Self.patience)
        while (try? run(["version"])) == nil {
            let isLate = ContinuousClock.now > deadline
            guard !isLate, !peer.hasEnded(within: 50) else {
                let last = (try? directory.text("log"))?.split(separator: "\n").last.map(String.init)
                throw PeerError("the container engine \(isLate ? "does not answer" : "ended"): \(last ?? "no word")")
            }
        }
    }

    private func importImage() throws {
        let (root, archive) = (directory.file("root"), directory.file("image.tar"))
        try FileManager.default.createDirectory(atPath: "\(root)/bin", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: "\(root)/bin/busybox")
        try PeerCommand.run(["tar", "-C", root, "-c", "-f", archive, "bin"])
        try run(["import", "--change", #"CMD ["/bin/busybox", "sleep", "1000000"]"#, archive, Self.image])
    }

    /// Runs docker and returns what it printed; blocks.
    @discardableResult
    public func run(_ arguments: [String]) throws -> String { try PeerCommand.run(client + arguments) }

    /// The id of the container of a name, and its state: `ID running`.
    public func container(_ name: String) throws -> String {
        try run(["inspect", "--format", "{{.Id}} {{.State.Status}}", name]).trimmingCharacters(in: .newlines)
    }

    /// What a container's program finds in its environment: `NAME=VALUE`.
    public func environment(of name: String) throws -> [String] {
        try run(["exec", name, "/bin/busybox", "env"]).split(separator: "\n").map(String.init)
    }
}
