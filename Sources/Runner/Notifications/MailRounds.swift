internal import Events
internal import Projections
internal import System

/// Mail, round by round. A server that was of no use to anybody is left alone for a while.
struct MailRounds {
    let service: Service
    let runner: RunnerID
    var round: DeliveryRound
    /// Until when it is left alone, unless the configuration is read again; doubles with each time.
    private var rest: (until: MonotonicTime, pause: Duration, reloads: Int)?

    static let (shortestRest, longestRest) = (Duration.seconds(10), Duration.seconds(600))
    /// For one message.
    static let time = Duration.seconds(60)

    init(service: Service, runner: RunnerID, round: DeliveryRound) {
        (self.service, self.runner, self.round) = (service, runner, round)
    }

    /// Sends what can go. The time after which to look again.
    mutating func run() async throws -> Duration {
        let reloads = service.reloads
        if let rest, rest.reloads == reloads, rest.until > .now {
            return min(rest.until.durationFromNow, Deliverer.longestPause)
        }
        guard let mail = service.configuration.notifications?.mail, let look = try await round.look() else {
            return Deliverer.longestPause
        }
        guard !look.messages.isEmpty else { return look.pause }
        let delivery = MailDelivery(service: service, runner: runner, settings: mail)
        guard try await delivery.send(look.messages) else {
            rest = nil
            return look.pause
        }
        let pause = min(
            rest.flatMap { $0.reloads == reloads ? $0.pause * 2 : nil } ?? Self.shortestRest, Self.longestRest)
        rest = (.now.advanced(by: pause), pause, reloads)
        return min(pause, Deliverer.longestPause)
    }
}
