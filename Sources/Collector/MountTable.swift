internal import Synchronization

/// What is mounted on a machine, as it was read last: it is read again where there is something else.
final class MountTable: Sendable {
    private let known = Mutex<Result<[Mount], Problem>?>(nil)

    /// The file systems now. It may block, and also when nobody waits for it any more what it finds is known from then on.
    func mounts(on machine: Machine) -> Result<[Mount], Problem> {
        let read = Result { () throws(Problem) in try machine.changedMounts() }
        return known.withLock { known in
            switch read {
            case .success(let mounts?): known = .success(mounts)
            case .success(nil): break
            case .failure(let problem): known = .failure(problem)
            }
            return known ?? .success([])
        }
    }
}
