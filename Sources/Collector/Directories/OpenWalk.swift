internal import System

/// A walk with the directories that it has open.
struct OpenWalk: Sendable {
    private var walk: TreeWalk
    private var open: [DirectoryReader]
    private var result: Result?
    /// Where it began.
    let root: FileStatus

    /// At the beginning.
    init(_ directory: DirectoryReader, at now: MonotonicTime, within bounds: TreeWalk.Bounds = .usual) {
        root = directory.status
        walk = TreeWalk(root, at: now, within: bounds)
        open = [directory]
    }

    /// What was found, once it is over.
    struct Result: Sendable, Equatable {
        let usage: TreeUsage
        /// Why not all of it could be seen.
        let problem: String?
        /// From its beginning to its end.
        let took: Duration
        let ended: MonotonicTime
    }

    /// Goes on for so long, and in any case a step. Nil while it is not over. Where a file system hangs it does not return.
    mutating func go(on time: Duration, now: () -> MonotonicTime = { .now }) -> Result? {
        if let result { return result }
        let begin = now()
        let end = begin.advanced(by: time)
        var moment = begin
        repeat {
            guard let innermost = open.last, take(walk.step(at: moment), in: innermost) else {
                open = []
                result = Result(usage: walk.usage, problem: walk.problem, took: walk.age(at: moment), ended: moment)
                return result
            }
            moment = now()
        } while moment < end
        return nil
    }

    /// False when there is no more.
    private mutating func take(_ step: TreeWalk.Step, in innermost: DirectoryReader) -> Bool {
        do throws(SystemError) {
            switch step {
            case .over: return false
            case .look:
                if let found = try innermost.next() {
                    walk.saw(found)
                } else {
                    walk.ended()
                    open.removeLast()
                }
            case .enter(let directory):
                let reader = try innermost.reader(of: directory)
                if walk.entered(reader.status) { open.append(reader) }
            }
        } catch {
            walk.failed(error)
            if step == .look { open.removeLast() }
        }
        return true
    }
}
