import EventStore
import Events
import Projections
import Runner
import System

/// From −9 of a holder to the grant of the next, with a runner on the host. The holder's `lock run` is killed before it, so
/// that nobody who was told by the kernel as its parent helps.
enum Death {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let service = try await stand.serve()
        defer { try? service.signal(Signals.kill) }
        let site = try await stand.shared()
        let session = try await site.bench()
        var round = Round()
        for number in 0..<(stand.isQuick ? 10 : 60) {
            let (wrapper, holder) = try await holder(stand, number)
            let path = Lock(LockPath("/death") ?? .root, .exclusive)
            let waiting = Task {
                let granted = try await LockRequest(
                    site: site, holder: .session(session), session: session, locks: [path], reason: nil,
                    patience: .forever
                ).obtain { _ in }
                return (Clock.now, granted.token)
            }
            while try await site.log.inspect({ platform, _ in platform.locks.queue.isEmpty }) { Pause.milliseconds(1) }
            Pause.milliseconds(20 + number % 10)
            try wrapper.signal(Signals.kill)
            _ = await wrapper.wait()
            let start = Clock.now
            try PidFD(holder).signal(Signals.kill)
            let (end, token) = try await waiting.value
            round.record(end - start)
            _ = try await site.submit(.release(token: token))
        }
        try service.signal(Signals.terminate)
        _ = await service.wait()
        let (middle, high) = (round.milliseconds(50), round.milliseconds(99))
        return [
            Figure(
                name: "−9 of a holder to the next grant, p50 (\(round.count))", value: middle, unit: "ms",
                latencies: round.latencies, target: .atMost(5), isBoundOnValue: true),
            Figure(
                name: "−9 of a holder to the next grant, p99", value: high, unit: "ms",
                target: .atMost(50), isBoundOnValue: true),
        ]
    }

    /// A command that holds, and its `lock run`.
    private static func holder(
        _ stand: Stand, _ number: Int
    ) async throws -> (wrapper: ChildProcess, holder: ProcessIdentity) {
        let file = "\(stand.directory)/holder.\(number)"
        let wrapper = try DetachedProcess.start(
            Launch(
                [try stand.program("interlock"), "lock", "run", "/death"] + stand.arguments
                    + ["--", "sh", "-c", "echo $$ > \(file); exec sleep 600"]),
            error: .file(stand.directory + "/holder.log"))
        while true {
            let text = String(decoding: try DurableFile.read(file, limit: 32) ?? [], as: UTF8.self)
            if text.hasSuffix("\n"), let pid = Int32(text.dropLast()) {
                return (wrapper, try ProcessIdentity.of(pid: pid))
            }
            guard wrapper.end == nil else { throw Failure(description: "lock run ended; see holder.log") }
            Pause.milliseconds(1)
        }
    }
}
