import ArgumentParser
import Projections
import Runner
import System

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what a newcomer gets wrong, and say how to mend it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let streams = Streams()
        var examination = Examination()
        await examination.all(common)
        let style = Style(isTerminal: streams.isTerminal, environment: Environment.current)
        streams.answer(view(of: examination.checks, for: .administrator), DoctorText(), json: common.json, style: style)
        if let exit = examination.firstProblem { throw CommandExit(exit.rawValue) }
    }

}

/// What the doctor has looked at so far. Each finding stands alone: what cannot be looked at for want of something else
/// is left out.
struct Examination {
    private(set) var checks: [HealthCheck] = []
    /// The exit code of the first problem.
    private(set) var firstProblem: ExitCode?

    mutating func found(_ name: String, _ finding: String) {
        checks.append(HealthCheck(name: name, finding: finding, isOK: true))
    }

    mutating func problem(_ name: String, _ finding: String, hint: String?, _ exit: ExitCode) {
        checks.append(HealthCheck(name: name, finding: finding, isOK: false, hint: hint))
        if firstProblem == nil { firstProblem = exit }
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        CommandFailure(known: error) ?? CommandFailure(.failed, code: "failed", "\(error)")
    }

    mutating func problem(_ name: String, _ error: any Error) {
        let failure = Self.failure(error)
        problem(name, failure.message, hint: failure.hint, failure.exit)
    }

    mutating func all(_ common: CommonOptions) async {
        program()
        do {
            let (configuration, file) = try Context.configuration(common.configuration, Environment.current)
            found(
                "configuration",
                file.map { "\($0): " + counted(configuration.tasks.count, "task type") } ?? "none, the defaults hold")
            if let settings = configuration.mail { mailCertificate(settings) }
            if let settings = configuration.notifications { notificationFiles(settings) }
        } catch {
            problem("configuration", error)
        }
        do {
            let directory = try StateDirectory.resolve(option: common.stateDirectory, environment: Environment.current)
            stateDirectory(directory.path)
            secretKey(directory.path)
        } catch {
            problem("state-directory", error)
        }
        cgroup()
        do {
            await database(try Context(common))
        } catch {
            // Where the database is follows from the configuration and the state directory: what is wrong with them has
            // been told.
            let message = Self.failure(error).message
            if checks.allSatisfy({ $0.isOK || $0.finding != message }) { problem("database", error) }
        }
    }
}
