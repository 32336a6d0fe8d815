import System

/// The directory of sockets, task logs, exit records, the key file and the private database.
struct StateDirectory: Equatable, Sendable {
    /// Root's, which others on the host use too.
    static let system = "/var/lib/interlock"

    var path: String
    /// Named by an option or the environment; false when it is the default one.
    var isGiven: Bool

    /// `--state-dir`, `INTERLOCK_STATE_DIR`, else the default of root or of this user.
    static func resolve(
        option: String?, environment: Environment, isRoot: Bool = Host.userID == 0
    ) throws(CommandFailure) -> StateDirectory {
        if let given = option ?? environment.setting("INTERLOCK_STATE_DIR") {
            guard given.hasPrefix("/") else {
                let source = option == nil ? "INTERLOCK_STATE_DIR" : "--state-dir"
                throw .usage("\(source) '\(given)' is not an absolute path", hint: "Begin it with /")
            }
            return StateDirectory(path: given, isGiven: true)
        }
        if isRoot { return StateDirectory(path: system, isGiven: false) }
        // The XDG specification: a relative path is to be ignored.
        if let base = environment.setting("XDG_STATE_HOME"), base.hasPrefix("/") {
            return StateDirectory(path: base + "/interlock", isGiven: false)
        }
        guard let home = environment.setting("HOME"), home.hasPrefix("/") else {
            throw .usage("no state directory: HOME is not set", hint: "Give --state-dir DIR")
        }
        return StateDirectory(path: home + "/.local/state/interlock", isGiven: false)
    }
}
