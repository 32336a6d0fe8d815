internal import Glibc

extension ProcessIdentity {
    /// The real user id of the process, from the owner of /proc/PID (proc(5)). Throws `.noProcess` when it has ended.
    public func ownerUserID() throws(SystemError) -> UInt32 {
        var status = stat()
        guard stat("/proc/\(pid)", &status) == 0 else {
            guard errno == ENOENT else { throw SystemError(errno: errno, "look at process \(pid)") }
            throw SystemError(.noProcess, "there is no process \(pid)")
        }
        return status.st_uid
    }
}
