import System

/// A process beside others: what it takes of processor and memory. It ends with the value at the latest.
final class Metered: Sendable {
    let process: ChildProcess

    init(process: ChildProcess) { self.process = process }

    deinit { try? process.signal(Signals.kill) }

    private var pid: Int32 { process.identity.pid }

    /// Seconds since it began.
    func cpuSeconds() throws -> Double {
        guard process.end == nil else { throw Failure(description: "process \(pid) has ended") }
        return try ProcessFigures.cpuSeconds(pid)
    }

    /// Megabytes in RAM.
    func megabytes() throws -> Double { try ProcessFigures.memory(pid).residentMegabytes }

    /// Asks it to end, and waits.
    func end() async {
        try? process.signal(Signals.terminate)
        _ = await process.wait()
    }
}

/// What several processes have used between two moments.
struct CPUTimes {
    private var begun: [Double] = []
    private let all: [Metered]

    init(_ all: [Metered]) throws {
        self.all = all
        begun = try all.map { try $0.cpuSeconds() }
    }

    /// Seconds of each since then.
    func seconds() throws -> [Double] { try zip(all, begun).map { try $0.cpuSeconds() - $1 } }
}
