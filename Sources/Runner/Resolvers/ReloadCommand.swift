internal import System

/// A configured command by which a server of the host takes up what was written for it: run without a shell, within a time.
struct ReloadCommand {
    /// The longest time that it may take.
    static let maximumTime = Duration.seconds(30)
    /// What is repeated of its words.
    static let maximumWordBytes = 200

    /// The program and its arguments; nothing is run where there is none.
    let words: [String]

    /// Runs it. Why it did not do what it should, as a clause; nil when it did.
    func problem() async -> String? {
        guard let program = words.first else { return nil }
        let environment = Environment([
            ("PATH", Environment.current["PATH"] ?? Launch.defaultPath), ("LANG", "C.UTF-8"),
        ])
        do {
            let outcome = try await BoundedCommand.run(
                Launch(words, environment: environment), within: Self.maximumTime)
            if outcome.wasLate {
                return "\(program) took longer than \(Self.maximumTime.components.seconds) s and was killed"
            }
            guard outcome.end.cause != .exited(0) else { return nil }
            return Self.words(outcome, of: program)
        } catch {
            return "\(error)"
        }
    }

    /// How a command ended, with the last line that it wrote.
    private static func words(_ outcome: BoundedCommand.Outcome, of program: String) -> String {
        let end =
            if case .exited(let code) = outcome.end.cause { "\(program): exit \(code)" } else { outcome.end.evidence }
        guard let line = outcome.output.split(separator: UInt8(ascii: "\n")).last else { return end }
        let printable = line.prefix(maximumWordBytes).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return "\(end): \(String(decoding: printable, as: UTF8.self))"
    }
}
