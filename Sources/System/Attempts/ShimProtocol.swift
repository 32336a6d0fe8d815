/// How far a task is, in its own words.
public struct TaskProgress: Sendable, Equatable {
    /// 0 to 100.
    public let percent: Int
    /// At most `maximumMessageBytes`, on one line; may be empty.
    public let message: String

    /// Longer messages are cut.
    public static let maximumMessageBytes = 1024

    /// A progress; `nil` when the percentage is not within 0 to 100. The message is cut and made one line.
    public init?(percent: Int, message: String) {
        guard (0...100).contains(percent) else { return nil }
        self.percent = percent
        var oneLine = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        while oneLine.utf8.count > Self.maximumMessageBytes { oneLine.removeLast() }
        self.message = oneLine
    }

    var text: String { message.isEmpty ? "\(percent)" : "\(percent) \(message)" }

    init?(text: Substring) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let percent = Int(first) else { return nil }
        self.init(percent: percent, message: parts.count > 1 ? String(parts[1]) : "")
    }
}

/// What is said to a shim, one line each.
public enum ShimRequest: Sendable, Equatable {
    /// TERM to the group, this many milliseconds of grace (`nil`: the spec's), then KILL for everything.
    case stop(graceMilliseconds: UInt64?)
    /// KILL for everything at once.
    case kill
    /// How far the task is.
    case progress(TaskProgress)
    /// From now on tell me what happens; what is so already is told at once.
    case attach
    /// Say once in what state the attempt is.
    case status

    /// The line, without newline.
    public var line: String {
        switch self {
        case .stop(let grace): grace.map { "stop \($0)" } ?? "stop"
        case .kill: "kill"
        case .progress(let progress): "progress \(progress.text)"
        case .attach: "attach"
        case .status: "status"
        }
    }

    /// Reads a line; `nil` when it is none of these.
    public init?(line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        switch (parts.first, parts.dropFirst().first) {
        case ("stop", nil): self = .stop(graceMilliseconds: nil)
        case ("stop", let grace?):
            guard let grace = UInt64(grace) else { return nil }
            self = .stop(graceMilliseconds: grace)
        case ("kill", nil): self = .kill
        case ("progress", let text?):
            guard let progress = TaskProgress(text: text) else { return nil }
            self = .progress(progress)
        case ("attach", nil): self = .attach
        case ("status", nil): self = .status
        default: return nil
        }
    }
}

/// What a shim says, one line each.
public enum ShimMessage: Sendable, Equatable {
    /// The main process runs.
    case started(ProcessIdentity)
    /// How far the task is.
    case progress(TaskProgress)
    /// Nothing is left of the attempt and its exit record is on the disk; the shim is about to leave.
    case exited
    /// The answer to `status`: starting, running, stopping, emptying, recording or done.
    case state(String)
    /// The request was not understood or not permitted; the reason is a sentence.
    case refused(String)

    /// The line, without newline.
    public var line: String {
        switch self {
        case .started(let identity):
            "started \(identity.pid) \(identity.startTicks) \(identity.pidNamespace) \(identity.bootID)"
        case .progress(let progress): "progress \(progress.text)"
        case .exited: "exited"
        case .state(let name): "state \(name)"
        case .refused(let reason): "refused \(reason)"
        }
    }

    /// Reads a line; `nil` when it is none of these.
    public init?(line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        switch (parts.first, parts.dropFirst().first) {
        case ("started", let text?):
            let fields = text.split(separator: " ")
            guard fields.count == 4, let pid = Int32(fields[0]), let ticks = UInt64(fields[1]),
                let namespace = UInt64(fields[2])
            else { return nil }
            self = .started(
                ProcessIdentity(bootID: String(fields[3]), pidNamespace: namespace, pid: pid, startTicks: ticks))
        case ("progress", let text?):
            guard let progress = TaskProgress(text: text) else { return nil }
            self = .progress(progress)
        case ("exited", nil): self = .exited
        case ("state", let name?): self = .state(String(name))
        case ("refused", let reason?): self = .refused(String(reason))
        default: return nil
        }
    }
}
