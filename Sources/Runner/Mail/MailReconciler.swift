internal import Events
internal import Projections
internal import System

/// Brings the mail server to its name and each app to its values, pass by pass: when something happened, on a timer, and ever more
/// rarely while a step is not done. A pass looks at how things are and does what is missing.
final class MailReconciler: Sendable {
    private let service: Service
    private let runner: RunnerID
    private let waker = Waker()

    /// Between two passes at least: on a busy host hundreds of tasks end each second, and each pass goes through all apps.
    static let shortestPause = Duration.milliseconds(100)
    /// Between two passes at most.
    static let longestPause = Duration.seconds(5)

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Something happened that may matter.
    func wake() { waker.wake() }

    func run() async throws {
        var pass = MailPass(service: service, runner: runner)
        try await service.look(
            at: "the mail server's name", waker, shortest: Self.shortestPause, afterFailure: Self.longestPause
        ) {
            try await pass.run()
        }
    }
}
