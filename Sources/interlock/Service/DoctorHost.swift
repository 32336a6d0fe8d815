import Events
import Runner
import System

/// What the doctor asks the host.
extension Examination {
    /// Below this the private server and the task logs are about to fail.
    private static let minimumFreeBytes = 256 << 20

    /// The shim stands beside this program.
    mutating func program() {
        do {
            let path = try Program.path
            let shim = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/interlock-shim"
            guard Directory.contains(shim) else {
                return problem(
                    "shim", "\(shim) is missing: no task can start",
                    hint: "Install interlock-shim beside interlock, from the same build", .failed)
            }
            found("shim", shim)
        } catch {
            problem("shim", error)
        }
    }

    mutating func stateDirectory(_ path: String) {
        guard Directory.contains(path) else {
            return found("state-directory", "\(path) is not there yet: interlock serve makes it")
        }
        do {
            let mode = try FileSystem.mode(of: path)
            guard FileSystem.isWritable(path) else {
                return problem(
                    "state-directory", "\(path) is not writable for this user",
                    hint: "Run interlock as its owner, or give another --state-dir", .notPermitted)
            }
            guard mode & 0o022 == 0 else {
                return problem(
                    "state-directory", "\(path) has mode \(String(mode, radix: 8)): others may write to it",
                    hint: "chmod go-w \(path)", .notPermitted)
            }
            found("state-directory", "\(path), mode \(String(mode, radix: 8))")
            let megabytes = try FileSystem.freeBytes(at: path) >> 20
            guard megabytes >= Self.minimumFreeBytes >> 20 else {
                return problem(
                    "disk", "\(megabytes) MiB are free under \(path)",
                    hint: "Make space: at least \(Self.minimumFreeBytes >> 20) MiB", .failed)
            }
            found("disk", "\(megabytes) MiB are free under \(path)")
        } catch {
            problem("state-directory", error)
        }
    }

    /// A key that cannot be used shows only when a task needs it.
    mutating func secretKey(_ stateDirectory: String) {
        let path = SecretKey.path(in: stateDirectory)
        do {
            if try SecretKey(at: path) != nil { found("secret-key", path) }
        } catch {
            problem("secret-key", error)
        }
    }

    /// Whatever its name is: none may have been asked for yet.
    mutating func mailCertificate(_ settings: MailSettings) {
        let files = CertificateFiles(settings)
        guard !files.isUnreadable else {
            return found("mail-certificate", "this user may not read its key: the service looks at it")
        }
        let now = Timestamp(microseconds: Int(WallTime.now.microseconds))
        let (summary, problem) = files.summary(at: now)
        if let problem {
            let hint = "Put a valid certificate and its key where mail.certificate and mail.key are"
            return self.problem("mail-certificate", problem, hint: hint, .failed)
        }
        if let summary { found("mail-certificate", summary) }
    }

    /// Without a cgroup a task's processes are found by their descent: good, but not as sure, so it is no problem.
    mutating func cgroup() {
        guard let cgroup = Cgroup.make(name: "interlock-doctor") else {
            return found("cgroup", "this user may not make one: the processes of a task are found by their descent")
        }
        cgroup.remove()
        found("cgroup", "each attempt gets one of its own")
    }
}
