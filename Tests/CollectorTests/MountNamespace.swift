import Glibc
import Testing

@testable import System

/// A mount namespace of its own, seen through /proc, in which a script has mounted something below a tree. Killed, its keeper lets go
/// of it.
final class MountNamespace {
    static let isPossible = geteuid() == 0 && access("/usr/bin/unshare", X_OK) == 0
    static let canBeDeaf = isPossible && access("/dev/fuse", W_OK) == 0

    private let keeper: ChildProcess
    private let tree: MachineTree

    init(_ tree: MachineTree, mounting script: String) async throws {
        self.tree = tree
        let up = tree.file("up")
        keeper = try DetachedProcess.start(
            Launch([
                "unshare", "--mount", "--propagation", "private", "sh", "-c",
                "\(script) && touch \(up) && exec sleep 1000",
            ]))
        while access(up, F_OK) != 0 {
            try #require(keeper.end == nil, "it cannot be mounted")
            sched_yield()
        }
    }

    /// A file system in user space that never answers, and nobody but that user at all.
    static func deaf(at name: String, of tree: MachineTree, user: Int = 0, descriptor: Int = 7) -> String {
        let point = tree.file(name)
        let options = "fd=\(descriptor),rootmode=40000,user_id=\(user),group_id=0"
        return "mkdir -p \(point) && exec \(descriptor)<>/dev/fuse && mount -i -t fuse -o \(options) deaf \(point)"
    }

    /// Its root, seen from here.
    var root: String { "/proc/\(keeper.identity.pid)/root" }
    /// What is mounted in it.
    var table: String { "/proc/\(keeper.identity.pid)/mountinfo" }

    func path(_ name: String) -> String { root + tree.file(name) }

    /// Runs a script in it, which must do well.
    func run(_ script: String) async throws {
        let space = "--mount=/proc/\(keeper.identity.pid)/ns/mnt"
        let child = try DetachedProcess.start(Launch(["nsenter", space, "sh", "-c", script]))
        let end = await child.wait()
        try #require(end.cause == .exited(0), "\(script): \(end.evidence)")
    }

    func end() { try? keeper.signal(SIGKILL) }
    deinit { end() }
}
