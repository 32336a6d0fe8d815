import Glibc
import Testing

@testable import System

/// What names a process must name no other one. The process ids are those of a pid namespace, where they can be made to come
/// again: by /proc/sys/kernel/ns_last_pid, which says what the kernel gave last, on any kernel that can checkpoint; and by
/// the kernel's own counting with a small pid_max, where a namespace has its own (Linux 6.14). Another boot cannot be had
/// for a test: there a file that is mounted over the kernel's names another one.
@Suite(
    "A process that is not the holder",
    .enabled("needs root, and a kernel that lets it make namespaces") { try await Namespaces.areAvailable() })
struct ReuseTests {
    /// How a process id comes again.
    enum Way: String, CaseIterable {
        case lastPid
        case smallMaximum

        static let possible = allCases.filter { $0 == .lastPid || Namespaces.havePidMaximum }

        /// Before the holder starts. Ids below 300 are never given twice.
        var preparation: String {
            switch self {
            case .lastPid: ""
            case .smallMaximum:
                """
                echo 400 > /proc/sys/kernel/pid_max
                bystander
                until [ $! -ge 300 ]; do forget $!; bystander; done
                """
            }
        }

        /// Before each try.
        var turn: String {
            switch self {
            case .lastPid: "echo $((holder - 1)) > /proc/sys/kernel/ns_last_pid"
            case .smallMaximum: ":"
            }
        }

        /// Takes a lock for a process, kills that, and starts others until one has its id.
        func reuse(_ path: String) -> String {
            """
            exec 3<&0
            bystander() { cat <&3 >/dev/null & }
            forget() { kill -9 $1; wait $1 2>/dev/null; }
            \(preparation)
            bystander; holder=$!
            interlock lock acquire \(path) --pid $holder || exit 1
            forget $holder
            while :; do
                \(turn)
                bystander
                [ $! = $holder ] && break
                forget $!
            done
            echo reused $holder

            """
        }
    }

    @Test(
        "by having its process id is not taken for it: the lock is free, and it may ask in its own name",
        arguments: Way.possible)
    func reusedPid(way: Way) async throws {
        try await Self.onSite { site in
            let path = site.path()
            let script = """
                interlock lock list --json > $DIR/before
                interlock lock run --no-wait \(path) -- echo granted
                interlock lock acquire \(path) --pid $holder --json > $DIR/after
                echo done; wait
                """
            let namespace = try site.inPidNamespace(way.reuse(path) + script)
            try await namespace.says("done\n")
            #expect(namespace.output.contains("granted\n"), "\(namespace.error)")
            let old = try #require(try JSON(site.scratch.text("before")).held.elements.first)
            let new = try JSON(site.scratch.text("after"))
            #expect(new.session.text != nil)
            #expect(new.session != old.session)
            // The other one holds now, and its id is the same.
            #expect(try await site.holders(of: path) == [Int32(try #require(old.holder.pid.integer))])
            #expect(try await site.run("lock", "check", path, "--token", "\(old.token.integer ?? 0)").status == 75)
            try await Self.expectEnd(of: old.session, site, because: "is another process now")
            _ = try await namespace.answer()
        }
    }

    @Test(
        "by having its process id is not looked after by a runner that starts later: it frees the lock",
        arguments: Way.possible)
    func runner(way: Way) async throws {
        try await Self.onSite { site in
            let path = site.path()
            try #require(mkfifo(site.scratch.file("start"), 0o600) == 0)
            let namespace = try site.inPidNamespace(
                way.reuse(path) + "read start < $DIR/start; interlock serve & cat <&3")
            try await namespace.says("reused")
            let old = try #require(try await site.locks().held.elements.first)
            try await site.pass(site.scratch.file("start"))
            try await site.isFree(path)
            try await Self.expectEnd(of: old.session, site, because: "is another process now")
            _ = try await namespace.answer()
        }
    }

    @Test(
        "since the host was started anew: who asks next is given the lock, though id and start are a living process's")
    func otherBoot() async throws {
        try await Self.onSite { site in
            let path = site.path()
            let (process, session) = try await Self.acquiredBeforeBoot(path, site)
            #expect(try await site.holders(of: path) == [process.identity.pid])
            #expect(try await site.ask("--no-wait", path, script: "true").answer().status == 0)
            try await Self.expectEnd(of: session, site, because: "the host was started anew")
            #expect(lives(process.identity))
            _ = try await process.answer()
        }
    }

    @Test("since the host was started anew: a runner frees the lock by itself", .service)
    func otherBootRunner() async throws {
        let site = try currentSite()
        let path = site.path()
        let (process, session) = try await Self.acquiredBeforeBoot(path, site)
        try await site.isFree(path)
        try await Self.expectEnd(of: session, site, because: "the host was started anew")
        #expect(lives(process.identity))
        _ = try await process.answer()
    }

    @Test(
        "to those who see another start: in a shifted time namespace nobody is given a lock that others would take away",
        .enabled(if: access("/proc/self/timens_offsets", F_OK) == 0, "this kernel has no time namespaces"))
    func shiftedTime() async throws {
        try await Self.onSite { site in
            let path = site.path()
            let holder = try await site.hold(path)
            // Nor is one who holds outside taken for dead there.
            for command in ["lock run --no-wait /elsewhere -- true", "lock run --no-wait \(path) -- true"] {
                let answer = try await site.inShiftedTime("interlock \(command)").answer()
                #expect(answer.status != 0)
                #expect(answer.error.contains("time namespace"), "\(answer.error)")
            }
            #expect(try await site.holders(of: path).count == 1)
            _ = try await holder.answer()
        }
    }

    /// A process that lives, and the session under which it took the lock as if before the last boot.
    private static func acquiredBeforeBoot(_ path: String, _ site: Site) async throws -> (Interlock, JSON) {
        let process = try Interlock([Array("cat".utf8)], environment: site.environment)
        let acquire = try site.afterAnotherBoot("interlock lock acquire \(path) --pid \(process.identity.pid) --json")
        let answer = try await acquire.answer()
        try #require(answer.status == 0, "\(answer.error)")
        return (process, try answer.json.session)
    }

    /// A site without a runner; its log is looked at in the end.
    private static func onSite(_ body: (Site) async throws -> Void) async throws {
        let site = try await Site.make()
        try await body(site)
        try await site.expectSound()
    }

    private static func expectEnd(of session: JSON, _ site: Site, because reason: String) async throws {
        let ends = try await site.events().filter {
            $0.type == "session.ended" && $0.data.session == session
        }
        #expect(ends.count == 1)
        #expect(ends.first?.data.evidence.text?.contains(reason) == true, "\(ends)")
    }
}
