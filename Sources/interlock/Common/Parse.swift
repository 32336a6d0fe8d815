import ArgumentParser
import EventStore
import Events
import Projections
import Runner

/// A moment in the log: a position or a time.
enum Moment: Equatable, Sendable {
    case position(Position)
    case time(Timestamp)
}

/// How the values on the command line are read; what they throw tells a person what is expected.
enum Parse {
    /// The most bytes of a reason, label or message: they are shown in tables and kept for ever.
    static let maximumTextBytes = 1000

    static func lockPath(_ text: String) throws -> LockPath {
        guard let path = LockPath(text) else {
            throw ValidationError(
                "this is no lock path: it is / or /segment/segment… of letters, digits and . _ - @ : (at most 16 "
                    + "segments, 255 bytes)")
        }
        return path
    }

    /// A lock path, or the id of something.
    static func subject(_ text: String) throws -> String {
        text.hasPrefix("/") ? try lockPath(text).text : try id(text)
    }

    static func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(written: text) else {
            throw ValidationError("this is no duration: write 250ms, 30s, 5m or 2h")
        }
        return duration
    }

    static func moment(_ text: String) throws -> Moment {
        if let time = Timestamp(text) { return .time(time) }
        guard let position = Int(text), position >= 0 else {
            throw ValidationError("this is neither a position nor a time such as 2026-11-24T02:08:13Z")
        }
        return .position(position)
    }

    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else {
            throw ValidationError("this is no time: write it in UTC, as 2026-11-24T02:08:13Z")
        }
        return time
    }

    static func position(_ text: String) throws -> Position {
        guard let position = Int(text), position >= 1 else {
            throw ValidationError("this is no position: positions are 1, 2, 3 …")
        }
        return position
    }

    static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count >= 1 else { throw ValidationError("this is no number above 0") }
        return count
    }

    static func notificationLimit(_ text: String) throws -> Int {
        let count = try count(text)
        guard count <= LogScan.listedNotifications else {
            throw ValidationError("no more than \(LogScan.listedNotifications) are listed; the log has all")
        }
        return count
    }

    static func processID(_ text: String) throws -> Int32 {
        guard let pid = Int32(text), pid >= 1 else { throw ValidationError("this is no process id") }
        return pid
    }

    static func exitCode(_ text: String) throws -> Int32 {
        guard let code = UInt8(text) else { throw ValidationError("this is no exit code: 0 to 255") }
        return Int32(code)
    }

    static func percent(_ text: String) throws -> Int {
        guard let percent = Int(text), (0...100).contains(percent) else {
            throw ValidationError("this is no percentage: 0 to 100")
        }
        return percent
    }

    /// The name of an app, user, type or projection: a segment of a lock path, as apps and types become part of one.
    static func name(_ text: String) throws -> String {
        guard !text.isEmpty, !text.hasPrefix("-"), !text.contains("/"), LockPath("/" + text) != nil else {
            throw ValidationError("this is no name: letters, digits and . _ - @ : only")
        }
        return text
    }

    static func role(_ text: String) throws -> Role {
        guard let role = Role(rawValue: text) else {
            throw ValidationError("it is one of " + Role.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return role
    }

    /// Whom a notification is for. Everybody is nobody's neighbour: what is for those who run the platform is written for them.
    static func audience(_ text: String) throws -> Addressees {
        let texts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let addressees = Addressees(texts) { return addressees }
        if texts.contains(Role.user.rawValue) {
            throw ValidationError(
                "what is for 'user' is for everybody: name no other, and tell the others by themselves")
        }
        throw ValidationError(
            "write owner, admin, usermanager, mailmanager or operator:APP, with commas between, or user")
    }

    static func severity(_ text: String) throws -> Severity {
        guard let severity = Severity(rawValue: text) else {
            throw ValidationError("it is one of " + Severity.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return severity
    }

    static func mailAddress(_ text: String) throws -> String {
        guard MailAddress.isValid(text) else {
            throw ValidationError("this is no mail address: write it as somebody@example.com")
        }
        return text
    }

    static func hostName(_ text: String) throws -> String {
        if let problem = HostName.problem(in: text) { throw ValidationError("this is no full name: \(problem)") }
        return text
    }

    /// The most bytes of an app's notes.
    static let maximumNotesBytes = 4096

    static func notes(_ text: String) throws -> String {
        guard text.utf8.count <= maximumNotesBytes else {
            throw ValidationError("the notes are longer than \(maximumNotesBytes) bytes")
        }
        return text
    }

    /// A file to read; `-` is standard input.
    static func inputFile(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("the name of the file is empty") }
        return text
    }

    static func optionalPath(_ text: String) throws -> String {
        guard text.isEmpty || text.hasPrefix("/") else { throw ValidationError("this is no absolute path") }
        return text
    }

    static func taskState(_ text: String) throws -> TaskState {
        guard let state = TaskState(rawValue: text) else {
            throw ValidationError("it is one of " + TaskState.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return state
    }

    /// What names a session, a task or an errand.
    static func id(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("it is empty") }
        return try self.text(text)
    }

    static func viewName(_ text: String) throws -> Replay.ViewName {
        guard let name = Replay.ViewName(rawValue: text) else {
            throw ValidationError("it is one of " + Replay.ViewName.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return name
    }

    static func filter(_ text: String) throws -> ReplayFilter {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ValidationError("write it as path=/app/blog, task=ID or session=ID") }
        switch parts[0] {
        case "path": return .path(try lockPath(parts[1]))
        case "task": return .task(TaskID(try id(parts[1])))
        case "session": return .session(SessionID(try id(parts[1])))
        default: throw ValidationError("'\(parts[0])' is none of path, task and session")
        }
    }

    static func text(_ text: String) throws -> String {
        guard text.utf8.count <= maximumTextBytes else {
            throw ValidationError("the text is longer than \(maximumTextBytes) bytes")
        }
        return text
    }

    static func argument(_ text: String) throws -> TaskArgument {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw ValidationError("write it as name=value")
        }
        return TaskArgument(name: String(parts[0]), value: String(parts[1]))
    }

    static func argumentFile(_ text: String) throws -> TaskArgument {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw ValidationError("write it as name=path, or name=- for standard input")
        }
        return TaskArgument(name: String(parts[0]), value: String(parts[1]))
    }
}
