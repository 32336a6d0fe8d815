import System

/// The attempt's main process with its pipes and its cgroup.
final class MainProcess {
    let record: StartRecord
    let cgroup: Cgroup?

    private let process: TaskProcess
    private var hasEnded = [false, false]

    /// Starts it. Throws `ExecFailure` or `SystemError`; then nothing runs.
    init(_ spec: AttemptSpec, isOthersUser: Bool) throws {
        var launch = Launch(arguments: spec.arguments, environment: spec.environment, directory: spec.directory)
        launch.credentials = spec.credentials
        launch.isOthersUser = isOthersUser
        launch.cgroup = spec.cgroup.flatMap { Cgroup.make(name: $0, limits: spec.limits) }
        do {
            process = try TaskProcess(launch, limits: spec.limits)
        } catch {
            launch.cgroup?.remove()
            throw error
        }
        cgroup = process.cgroup
        if cgroup == nil { launch.cgroup?.remove() }
        record = StartRecord(identity: process.identity, cgroup: cgroup, at: .now)
    }

    var identity: ProcessIdentity { record.identity }

    /// TERM for the group; whoever of it was stopped is woken to take it.
    func terminate() {
        process.signalGroup(Signals.terminate)
        process.signalGroup(Signals.continue)
    }

    /// Pipes that have not ended.
    var openStreams: [Int32] {
        [process.output.raw, process.errors.raw].enumerated().filter { !hasEnded[$0.offset] }.map(\.element)
    }

    /// Bytes from a pipe, if it is among the ready ones (`nil`: whether it is or not); `nil` when none are there.
    func read(_ stream: TaskLog.Stream, ready: Set<Int32>?, atMost limit: Int) -> [UInt8]? {
        let descriptor = stream == .out ? process.output.raw : process.errors.raw
        guard !hasEnded[stream.rawValue], ready?.contains(descriptor) ?? true else { return nil }
        let result = stream == .out ? try? process.output.read(atMost: limit) : try? process.errors.read(atMost: limit)
        guard let bytes = result else { return nil }
        hasEnded[stream.rawValue] = bytes.isEmpty
        return bytes.isEmpty ? nil : bytes
    }
}
