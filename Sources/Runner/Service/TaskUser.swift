internal import System

/// Whom a task runs as, and how it comes to that.
enum TaskUser {
    /// The runner's own user.
    case own
    /// Somebody else, whom its shim, which is root's, makes of the main process.
    case made(Credentials)
    /// Somebody else, whose the shim is as well: the runner is not root and asks sudo.
    case sudo(userID: UInt32)

    /// `name` is what the task's type says, nil for nothing. Nil when there is no such user.
    init?(named name: String?, runner: String) {
        guard let name, name != runner else {
            self = .own
            return
        }
        guard let credentials = Host.credentials(ofUser: name) else { return nil }
        self = Host.userID == 0 ? .made(credentials) : .sudo(userID: credentials.userID)
    }

    /// Whose the shim is, where it is not the runner's.
    var shimUserID: UInt32? {
        guard case .sudo(let userID) = self else { return nil }
        return userID
    }

    /// A command as another user, without a question and without a shell (sudo(8)). What may be run so, sudoers(5) says: the
    /// shim, and nothing else, is enough.
    static func command(_ command: [String], as userID: UInt32?) -> [String] {
        guard let userID else { return command }
        return ["sudo", "-n", "-u", "#\(userID)", "--"] + command
    }
}
