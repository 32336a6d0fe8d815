internal import Events
internal import Projections
internal import System

/// Mail, round by round. A server that was of no use to anybody is left alone for a while.
struct MailRounds {
    let service: Service
    let runner: RunnerID
    var round: DeliveryRound
    /// Until when it is left alone; doubles with each time.
    private var rest: (until: MonotonicTime, pause: Duration)?
    /// With which configuration it was tried last: behind another one nobody waits because of the server.
    private var reloads: Int?

    static let (shortestRest, longestRest) = (Duration.seconds(10), Duration.seconds(600))
    /// For one message.
    static let time = Duration.seconds(60)

    init(service: Service, runner: RunnerID, round: DeliveryRound) {
        (self.service, self.runner, self.round) = (service, runner, round)
    }

    /// Sends what can go. The time after which to look again.
    mutating func run() async throws -> Duration {
        let isAnew = reloads != service.reloads
        reloads = service.reloads
        if isAnew { rest = nil }
        if let rest, rest.until > .now { return min(rest.until.durationFromNow, Deliverer.longestPause) }
        guard let mail = service.configuration.notifications?.mail,
            let look = try await round.look(tryingServer: isAnew)
        else { return Deliverer.longestPause }
        guard !look.messages.isEmpty else { return look.pause }
        let delivery = MailDelivery(service: service, runner: runner, settings: mail)
        guard try await delivery.send(look.messages) else {
            rest = nil
            return look.pause
        }
        let pause = min(rest.map { $0.pause * 2 } ?? Self.shortestRest, Self.longestRest)
        rest = (.now.advanced(by: pause), pause)
        return min(pause, Deliverer.longestPause)
    }
}
