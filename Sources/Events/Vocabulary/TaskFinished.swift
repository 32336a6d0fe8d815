/// What an attempt cost: getrusage(2) of its main process and what it waited for.
public struct Usage: Hashable, Sendable {
    /// User and system time, in milliseconds; written in seconds.
    public var cpuMilliseconds: Int
    /// The largest of any one process (ru_maxrss), in bytes.
    public var maxResidentBytes: Int

    /// What was measured; neither number is negative.
    public init(cpuMilliseconds: Int, maxResidentBytes: Int) {
        self.cpuMilliseconds = cpuMilliseconds
        self.maxResidentBytes = maxResidentBytes
    }

    /// Seconds as the shortest decimal fraction, as RFC 8785 wants numbers: `0.012`, `3.5`, `7`.
    public var cpuSeconds: String {
        let fraction = cpuMilliseconds % 1000
        guard fraction != 0 else { return "\(cpuMilliseconds / 1000)" }
        var digits = String(fraction + 1000).dropFirst()
        while digits.last == "0" { digits = digits.dropLast() }
        return "\(cpuMilliseconds / 1000).\(digits)"
    }
}

/// `task.finished`: an attempt's end, which in the same transaction is its session's end and its locks' release.
public struct TaskFinished: EventData {
    /// What became of it, exactly one (design §6); `lost` is an end that nobody witnessed.
    public enum Outcome: String, Sendable {
        case succeeded, failed, crashed, stopped, lost
        case timedOut = "timed-out"
        case notStarted = "not-started"
    }

    /// The task that ran, or was to.
    public var task: TaskID
    /// The attempt that ended.
    public var attempt: Int
    /// What became of it.
    public var outcome: Outcome
    /// Of the main process; 127 not found, 126 not executable; absent after a signal, or an end that was not witnessed.
    public var exitCode: Int?
    /// The number of the signal that ended the main process, signal(7).
    public var signal: Int?
    /// How the outcome is known, as a sentence.
    public var evidence: String
    /// Absent where nothing ran or nobody measured.
    public var usage: Usage?
    /// True when a further attempt follows: the task itself is not over. `task.retry-scheduled` is in the same transaction.
    public var retry: Bool

    /// An end as the shim recorded it or the machine decided it; nothing is checked.
    public init(
        task: TaskID, attempt: Int, outcome: Outcome, exitCode: Int? = nil, signal: Int? = nil, evidence: String,
        usage: Usage? = nil, retry: Bool = false
    ) {
        self.task = task
        self.attempt = attempt
        self.outcome = outcome
        self.exitCode = exitCode
        self.signal = signal
        self.evidence = evidence
        self.usage = usage
        self.retry = retry
    }

    /// Throws where `attempt`, `evidence`, `outcome` or `task` is missing, and for an unknown outcome.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        evidence = try reader.string("evidence")
        exitCode = try reader.optionalInt("exitCode")
        outcome = try reader.choice("outcome")
        retry = try reader.optionalBool("retry") ?? false
        signal = try reader.optionalInt("signal")
        task = TaskID(try reader.string("task"))
        if try reader.find("usage") {
            usage = try reader.object { fields throws(JSONError) in
                guard try fields.find("cpuSeconds") else { throw fields.error("field 'cpuSeconds' is missing") }
                let milliseconds = try fields.thousandthsValue()
                return Usage(cpuMilliseconds: milliseconds, maxResidentBytes: try fields.int("maxResidentBytes"))
            }
        }
    }

    /// Ascending; what is nil or false is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("evidence", evidence)
        writer.field("exitCode", exitCode)
        writer.field("outcome", outcome.rawValue)
        if retry { writer.field("retry", true) }
        writer.field("signal", signal)
        writer.field("task", task.text)
        if let usage {
            writer.key("usage")
            writer.object {
                $0.key("cpuSeconds")
                $0.raw(usage.cpuSeconds.utf8)
                $0.field("maxResidentBytes", usage.maxResidentBytes)
            }
        }
    }

    /// Without `evidence`.
    public var redacted: Self {
        var rest = self
        rest.evidence = Self.redactedText
        return rest
    }
}

extension JSONReader {
    /// A number with up to three digits of fraction, in thousandths.
    mutating func thousandthsValue() throws(JSONError) -> Int {
        let whole = try intValue()
        guard (0..<Int.max / 1000).contains(whole) else { throw error("the number is too large") }
        guard peek == UInt8(ascii: ".") else { return whole * 1000 }
        offset += 1
        var fraction = 0
        var digits = 0
        while let digit = peek, digit >= 0x30, digit <= 0x39 {
            guard digits < 3 else { throw error("at most three digits of fraction are expected") }
            fraction = fraction * 10 + Int(digit - 0x30)
            digits += 1
            offset += 1
        }
        for _ in digits..<3 { fraction *= 10 }
        return whole * 1000 + fraction
    }
}
