internal import Collector
internal import Digest
internal import System

/// One run of a collector of somebody's own: what it printed, or why that is not taken.
struct CollectorRun: Sendable {
    /// The most that it may print.
    static let maximumOutputBytes = 1 << 20
    /// It goes behind everything else.
    private static let niceness: Int32 = 10
    /// What is repeated of its words.
    private static let maximumWordBytes = 200

    struct Failure: Error {
        let words: String
    }

    let settings: OwnCollectorSettings
    /// Whose threads start it.
    var starts = HangingCalls()
    /// Those in which it runs, where it is to be in one.
    var groups: RunGroups?

    /// The cgroups of the collectors of one service. Another one on this host has another state directory.
    static func groups(of stateDirectory: String) -> RunGroups {
        let mark = "\(SHA256.hash(Array(stateDirectory.utf8)))".prefix(12)
        return RunGroups(prefix: "interlock-own-\(mark)-")
    }

    /// Runs it to its end. It is told nothing of the service: its environment has no secrets.
    func text() async throws(Failure) -> PrometheusText {
        let printed: BoundedCommand.Printed
        do {
            printed = try await BoundedCommand.printed(
                // By what it is, not by its name alone: where that is another program now, it does not wait for a start that hangs.
                by: ([settings.name] + settings.command).joined(separator: " "), limit: Self.maximumOutputBytes,
                within: settings.deadline,
                on: starts
            ) { try launch() }
        } catch {
            throw Failure(words: "\(error)")
        }
        guard let output = printed.output else {
            throw failure("it printed more than \(Self.maximumOutputBytes) bytes and was killed", printed)
        }
        if printed.wasLate {
            throw failure("it took longer than \(settings.deadline.seconds) s and was killed", printed)
        }
        guard printed.end.cause == .exited(0) else {
            if case .exited(let code) = printed.end.cause { throw failure("exit \(code)", printed) }
            throw failure(printed.end.evidence, printed)
        }
        do throws(PrometheusText.Refusal) {
            return try PrometheusText(output)
        } catch {
            throw Failure(words: "\(error)")
        }
    }

    private func launch() throws -> Launch {
        let path = Environment.current["PATH"] ?? Launch.defaultPath
        var launch = Launch(
            settings.command, environment: Environment([("PATH", path), ("LANG", "C.UTF-8")]))
        launch.niceness = Self.niceness
        launch.isOrdinary = true
        launch.cgroup = try groups?.enter(settings.name)
        if let user = settings.user {
            guard let credentials = Host.credentials(ofUser: user) else {
                throw SystemError(.notFound, "there is no user \(user)")
            }
            if credentials.userID != Host.userID {
                guard Host.userID == 0 else {
                    throw SystemError(.permission, "only a service that is root's can run it as \(user)")
                }
                launch.credentials = credentials
            }
        }
        return launch
    }

    /// With the last line of its errors.
    private func failure(_ words: String, _ printed: BoundedCommand.Printed) -> Failure {
        guard let line = printed.errors.split(separator: UInt8(ascii: "\n")).last else { return Failure(words: words) }
        let printable = line.prefix(Self.maximumWordBytes).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return Failure(words: "\(words): \(String(decoding: printable, as: UTF8.self))")
    }
}
