import System

/// What the service takes while nothing happens.
enum ServiceCosts {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let service = try await stand.serve()
        defer { try? service.signal(Signals.kill) }
        Pause.milliseconds(2000)
        let figures = try idle(stand, service.identity.pid)
        try service.signal(Signals.terminate)
        _ = await service.wait()
        return figures
    }

    private static func idle(_ stand: Stand, _ pid: Int32) throws -> [Figure] {
        let memory = try ProcessFigures.memory(pid)
        let seconds = stand.isQuick ? 5 : 30
        let before = try ProcessFigures.cpuSeconds(pid)
        Pause.milliseconds(seconds * 1000)
        let share = (try ProcessFigures.cpuSeconds(pid) - before) / Double(seconds) * 100
        return [
            Figure(
                name: "idle service, resident (private \(memory.privateMegabytes.short) MB)",
                value: memory.residentMegabytes, unit: "MB", target: .atMost(40), isBoundOnValue: true),
            Figure(
                name: "idle service, processor over \(seconds) s", value: share, unit: "% of a core",
                target: .atMost(0.5), isBoundOnValue: true),
        ]
    }
}
