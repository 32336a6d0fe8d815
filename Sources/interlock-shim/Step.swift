import System

/// The named steps of a shim's life at which tests kill it: with `INTERLOCK_SHIM_STOP_AT=NAME` in its environment a shim that
/// was built for debugging stops itself there (SIGSTOP). One built for release has no such steps.
enum Step: String {
    case beforeGate = "before-gate"
    case afterGate = "after-gate"
    case beforeStartRecord = "before-start-record"
    case afterStartRecord = "after-start-record"
    case emptying
    case beforeExitRecord = "before-exit-record"
    case afterExitRecord = "after-exit-record"
    /// The compressed log is written, not yet in its place.
    case compressing
    /// It is in its place, and the other is still there.
    case compressed

    func reached() {
        #if DEBUG
            if Environment.current["INTERLOCK_SHIM_STOP_AT"] == rawValue { Program.pause() }
        #endif
    }
}
