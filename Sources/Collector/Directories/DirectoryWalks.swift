internal import Synchronization
internal import System

/// Walks through directories, slowly and giving way to all others, while passes go on: a pass is told what was found last.
///
/// A thread sees to one walk at a time; what may hang is done by `HangingCalls`, of which one at most is under way for each mount. So a
/// mount that hangs keeps one thread, and the directories on it; others are walked.
final class DirectoryWalks: Sendable {
    /// The collector's name.
    static let name = "directories"
    /// A walk works for one part of so many of the time.
    static let share = 20
    /// The longest that it does nothing after a part of it; a part takes longer than `part` where the disk is slow.
    static let longestPause = Duration.seconds(60)
    /// A walk goes on for so long before it pauses.
    static let part = Duration.milliseconds(20)
    /// A part that does not come back hangs after 20 of these. On a busy machine who gives way to all others is not soon back.
    static let patience = Duration.seconds(3)
    /// How often it is looked whether something is due, and what is mounted.
    static let look = Duration.seconds(5)

    private struct State {
        var plan: WalkPlan
        /// Each with the mount that it was begun on: what hangs there is nothing to do with another one.
        var begun: [MeasuredDirectory: (walk: BegunWalk, mount: MountPoint)] = [:]
        var looked: MonotonicTime?
        /// The mount of the call that is waited for.
        var waiting: MountPoint?
        var repetition: Repetition?
    }

    private let machine: Machine
    private let calls: HangingCalls
    private let bounds: TreeWalk.Bounds
    private let nothing: WalkPlan
    private let look: Duration
    private let state: Mutex<State>
    private let working = Mutex(())

    /// Of nothing yet.
    init(
        _ machine: Machine, calls: HangingCalls = HangingCalls(patience: DirectoryWalks.patience, giveWay: true),
        bounds: TreeWalk.Bounds = .usual,
        plan: WalkPlan = WalkPlan(), look: Duration = DirectoryWalks.look
    ) {
        (self.machine, self.calls, self.bounds, nothing, self.look) = (machine, calls, bounds, plan, look)
        state = Mutex(State(plan: plan))
    }

    /// Calls that do not return, each with a thread.
    var hanging: Int {
        let waiting = state.withLock(\.waiting)
        return calls.underWay - (waiting.map { calls.isUnderWay($0.words) } == true ? 1 : 0)
    }

    /// What was found last of these directories, which are walked from now on, and of no others. It waits for nothing. Nil without
    /// any: then there is no thread either.
    func report(of directories: [MeasuredDirectory]) -> Report? {
        let begin = MonotonicTime.now
        return state.withLock { state in
            state.plan.want(directories, at: begin)
            guard !directories.isEmpty else {
                state = State(plan: nothing)
                return nil
            }
            state.begun = state.begun.filter { directories.contains($0.key) }
            var (samples, problems, remarks) = state.plan.told(at: begin)
            do throws(SystemError) {
                if state.repetition == nil { state.repetition = try repetition() }
            } catch {
                problems.append(Problem(source: Self.name, message: error.message))
            }
            return Report(
                collector: Self.name, duration: .since(begin), samples: samples, problems: problems, remarks: remarks)
        }
    }

    private func repetition() throws(SystemError) -> Repetition {
        try Repetition(every: look) { [weak self] in
            let pace = Pace(share: Self.share, longestPause: Self.longestPause)
            while let outcome = self?.work() {
                if outcome == .hanging { pace.restart() } else { pace.pause() }
            }
        }
    }

    /// A part of the walk that is due; nil when none is.
    func work() -> WalkPlan.Outcome? {
        // Where directories went and came again, the thread of before may be here yet.
        working.withLockIfAvailable { _ in workAlone() } ?? nil
    }

    private func workAlone() -> WalkPlan.Outcome? {
        lookAtMounts()
        let due = state.withLock { state -> (MeasuredDirectory, MountPoint, BegunWalk)? in
            guard let (directory, mount) = state.plan.next(at: .now) else { return nil }
            if state.begun[directory]?.mount != mount { state.begun[directory] = nil }
            let walk = state.begun[directory]?.walk ?? BegunWalk()
            state.begun[directory] = (walk, mount)
            state.waiting = mount
            return (directory, mount, walk)
        }
        guard let (directory, mount, walk) = due else { return nil }
        let (machine, bounds) = (machine, bounds)
        var outcome = WalkPlan.Outcome.hanging
        if !calls.isUnderWay(mount.words) {
            let outcomes = calls.outcomes(of: [
                HangingCalls.Call(mount.words) { walk.goOn(directory.path, of: machine, within: bounds) }
            ])
            switch outcomes.first {
            case .done(let done): outcome = done
            case .hanging: break
            case .notMade, nil: outcome = .notMade
            }
        }
        state.withLock { state in
            state.waiting = nil
            state.plan.took(outcome, directory, on: mount, at: .now)
            // One that hangs may come back, and goes on then.
            if outcome != .more, outcome != .hanging { state.begun[directory] = nil }
        }
        return outcome
    }

    private func lookAtMounts() {
        let now = MonotonicTime.now
        let isTime = state.withLock { state in
            guard state.looked.map({ $0.advanced(by: look) <= now }) ?? true else { return false }
            state.looked = now
            return true
        }
        guard isTime else { return }
        // Where it cannot be read the collector of file systems says so; all is taken for one mount then.
        let mounts = try? machine.values(of: Mounts.path, Mounts.points)
        state.withLock { $0.plan.see(mounts ?? []) }
    }
}

/// A walk that is gone on with by one thread after the other.
private final class BegunWalk: Sendable {
    private enum State: Sendable {
        case notBegun
        case begun(OpenWalk)
        /// By a thread, which may hang.
        case goneOnWith
    }

    private let state = Mutex(State.notBegun)

    /// A part of it. It may never return.
    func goOn(_ path: String, of machine: Machine, within bounds: TreeWalk.Bounds) -> WalkPlan.Outcome {
        let before = state.withLock { state in
            defer { state = .goneOnWith }
            return state
        }
        do throws(SystemError) {
            var walk: OpenWalk
            switch before {
            case .notBegun: walk = OpenWalk(try machine.directory("\(machine.root)\(path)"), at: .now, within: bounds)
            case .begun(let begun): walk = begun
            case .goneOnWith: return .hanging
            }
            let result = walk.go(on: DirectoryWalks.part)
            state.withLock { $0 = .begun(walk) }
            guard let result else { return .more }
            // What stands there now may be another one, of which nothing is known yet.
            let now = try machine.directory("\(machine.root)\(path)").status
            guard (now.device, now.inode) == (walk.root.device, walk.root.inode) else {
                state.withLock { $0 = .notBegun }
                return .replaced
            }
            return .over(result)
        } catch {
            state.withLock { $0 = .notBegun }
            return error.code == .notFound ? .absent : .failed(error.message)
        }
    }
}

extension MountPoint {
    /// What a call on it is called: one at a time.
    fileprivate var words: String { "\(path) \(id)" }
}
