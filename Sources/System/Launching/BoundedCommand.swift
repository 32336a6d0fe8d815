internal import Glibc
internal import Synchronization

/// A program that is run to its end and not longer than it may: what it says is kept, up to a bound.
public enum BoundedCommand {
    /// What is kept of a program's output and errors together: their end.
    public static let maximumOutputBytes = 4 << 10
    private static let readBytes = 4 << 10
    /// What a pipe holds (pipe(7): 64 KiB), in reads.
    private static let readsAfterTheEnd = 16

    /// How a program ended.
    public struct Outcome: Sendable {
        /// Its end.
        public let end: ProcessEnd
        /// True when it was killed because its time was over.
        public let wasLate: Bool
        /// The end of what it wrote to its standard output and errors.
        public let output: [UInt8]
    }

    /// What was killed is waited for so long: one that waits for a disk or a mount that is dead ends when that does.
    private static let reaping = Duration.seconds(1)
    /// Errors that are read: whoever writes more waits until his time is over.
    private static let maximumErrorBytes = 1 << 20

    /// What a program printed, whole.
    public struct Printed: Sendable {
        /// How it ended.
        public let end: ProcessEnd
        /// True when it was killed because its time was over.
        public let wasLate: Bool
        /// All of its standard output; nil when that was more than it may be, for which it was killed.
        public let output: [UInt8]?
        /// The end of what it wrote to its standard errors.
        public let errors: [UInt8]
    }

    /// Starts a program in a session of its own, with nothing on its standard input, and waits for its end. When the time is
    /// over, or the task is cancelled, the program and its group are killed. What it left running in the background is not
    /// waited for. Throws `SystemError` when it cannot be forked, `ExecFailure` when it cannot be executed.
    public static func run(_ launch: Launch, within time: Duration) async throws -> Outcome {
        let pipe = try Pipe()
        let child = try DetachedProcess.start(
            launch, output: .descriptor(pipe.input.raw), error: .descriptor(pipe.input.raw))
        let reader = Output(reading: pipe).task(keepingLast: maximumOutputBytes)
        let (end, wasLate) = await end(of: child, within: time)
        reader.cancel()
        return Outcome(end: end, wasLate: wasLate, output: await reader.value)
    }

    /// The same, with all of its standard output, which has at most `limit` bytes, of a program whose start may hang, as on a mount
    /// that does. Such a start is told as `.busy`; while it hangs no other one of that name is made, and what it starts
    /// in the end is killed at once. The same where a program was killed and does not end.
    ///
    /// - Parameters:
    ///   - name: by which it is known among the starts.
    ///   - starts: whose threads make them.
    ///   - launch: says what to start, on such a thread.
    public static func printed(
        by name: String, limit: Int, within time: Duration, on starts: HangingCalls,
        _ launch: @escaping @Sendable () throws -> Launch
    ) async throws -> Printed {
        let begin = MonotonicTime.now
        let start = LateStart { try Running(launch()) }
        _ = await starts.outcome(of: HangingCalls.Call(name) { start.make { _ = kill($0.child) } })
        guard let running = try start.take() else {
            throw SystemError(
                .busy, "it could not be started in time: what it is on, or who knows its user, does not answer")
        }
        let child = running.child
        let outputReader = Task { await running.output.read(keepingFirst: limit + 1) { _ = kill(child) } }
        let errorReader = running.errors.task(keepingLast: maximumOutputBytes, atMost: maximumErrorBytes)
        let left = max(time - .since(begin), .zero)
        let (ended, wasLate) = await endOrNone(of: child, within: left)
        outputReader.cancel()
        errorReader.cancel()
        guard let end = ended else {
            keepBusy(name, until: child, on: starts)
            throw SystemError(.busy, "it was killed and does not end: what it waits for does not answer")
        }
        let bytes = await outputReader.value
        return Printed(
            end: end, wasLate: wasLate, output: bytes.count > limit ? nil : bytes, errors: await errorReader.value)
    }

    /// A program that was started, and what it says.
    private struct Running: Sendable {
        let child: ChildProcess
        let output: Output
        let errors: Output

        init(_ launch: Launch) throws {
            let output = try Pipe()
            let errors = try Pipe()
            let (out, err) = (output.input.raw, errors.input.raw)
            func start(_ launch: Launch) throws -> ChildProcess {
                try DetachedProcess.start(launch, output: .descriptor(out), error: .descriptor(err))
            }
            do {
                child = try start(launch)
            } catch {
                // Making a cgroup and being let into it are two permissions (cgroups(7), delegation).
                guard let failure = error as? ExecFailure, failure.isCgroup else { throw error }
                var launch = launch
                launch.cgroup = nil
                child = try start(launch)
            }
            self.output = Output(reading: output)
            self.errors = Output(reading: errors)
        }
    }

    private static func end(of child: ChildProcess, within time: Duration) async -> (ProcessEnd, wasLate: Bool) {
        let watchdog = Task {
            do {
                try await Task.sleep(for: time)
            } catch {
                return false
            }
            return kill(child)
        }
        let end = await withTaskCancellationHandler {
            await child.wait()
        } onCancel: {
            _ = kill(child)
        }
        watchdog.cancel()
        return (end, await watchdog.value)
    }

    /// The same; nil where it was killed and does not end.
    private static func endOrNone(of child: ChildProcess, within time: Duration) async -> (ProcessEnd?, wasLate: Bool) {
        // The wish to end ends it too.
        let running = sleep(time, orUntilEndOf: child)
        await withTaskCancellationHandler {
            await running.value
        } onCancel: {
            running.cancel()
        }
        if let end = child.end { return (end, false) }
        let wasLate = kill(child)
        await sleep(reaping, orUntilEndOf: child).value
        return (child.end, wasLate)
    }

    /// The end of the child ends it.
    private static func sleep(_ time: Duration, orUntilEndOf child: ChildProcess) -> Task<Void, Never> {
        let sleep = Task<Void, Never> { try? await Task.sleep(for: time) }
        Task {
            _ = await child.wait()
            sleep.cancel()
        }
        return sleep
    }

    /// As if it were still being started: nothing else of that name is, until it has ended.
    private static func keepBusy(_ name: String, until child: ChildProcess, on starts: HangingCalls) {
        starts.occupy(name)
        Task {
            _ = await child.wait()
            starts.release(name)
        }
    }

    /// False when it had ended. Its group is the session's: the number stays its own until it is reaped.
    private static func kill(_ child: ChildProcess) -> Bool {
        guard child.end == nil else { return false }
        killpg(child.identity.pid, SIGKILL)
        return true
    }

    /// The reading end of a pipe whose writing end the child has.
    private final class Output: Sendable {
        private let source: Descriptor

        init(reading pipe: consuming Pipe) {
            pipe.output.setNonBlocking()
            source = pipe.output
        }

        /// Reads on, in a task that is to be cancelled when the program has ended, and keeps the last of it; no more than `most` is read.
        func task(keepingLast limit: Int, atMost most: Int = .max) -> Task<[UInt8], Never> {
            Task {
                var kept: [UInt8] = []
                var count = 0
                await readAll { part in
                    kept = (kept + part).suffix(limit)
                    count += part.count
                    return count < most
                }
                return kept
            }
        }

        /// Reads on until the task is cancelled, and keeps the first of it; where there is more, says so and ends.
        func read(keepingFirst limit: Int, isFull: () -> Void) async -> [UInt8] {
            var kept: [UInt8] = []
            await readAll { part in
                kept += part.prefix(limit - kept.count)
                return kept.count < limit
            }
            if kept.count >= limit { isFull() }
            return kept
        }

        /// Reads to the end, or to what is there when the task is cancelled, or until `body` has enough.
        private func readAll(_ body: ([UInt8]) -> Bool) async {
            // A cancelled task takes what is in the pipe, and no more: somebody may go on writing.
            var left = readsAfterTheEnd
            do throws(SystemError) {
                while left > 0 {
                    if Task.isCancelled { left -= 1 }
                    guard let bytes = try source.read(atMost: readBytes) else {
                        guard try await Readiness.shared.readable(source.raw) else { break }
                        continue
                    }
                    if bytes.isEmpty || !body(bytes) { break }
                }
            } catch {
                _ = body(Array(" (the rest could not be read: \(error))".utf8))
            }
        }
    }
}
