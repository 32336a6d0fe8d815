internal import Certificates
internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// Looks at what no event tells of: how long the mail server's certificate is good for, whether those who follow the log come on,
/// and whether the log holds what it held. What it says is taken back by itself when it is so no more.
struct Lookout {
    let service: Service

    /// Between two looks.
    static let interval = Duration.seconds(60)
    /// Before a certificate runs out it is told, and told as critical, in microseconds.
    static let (expiring, expiringSoon) = (14 * day, 3 * day)
    /// The whole log is verified so long after the start, and then this often.
    static let (verificationDelay, verificationInterval) = (Duration.seconds(600), Duration.seconds(86_400))
    /// Of a core and of the database, the verification takes one part of this many.
    static let verificationShare = 5
    private static let day = 86_400_000_000

    /// Something that was looked at.
    struct Condition: Sendable, Equatable {
        let kind: BuiltInKind
        let subject: String
        /// What is to be said of it; nil where it is as it should be.
        let finding: Finding?
    }

    struct Finding: Sendable, Equatable {
        var severity: Severity?
        let title: String
        let body: String
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var standstill = Standstill()
                try await service.look(
                    at: "the lookout", Waker(), shortest: .zero, afterFailure: Self.interval
                ) {
                    try await tell(certificate(at: .now) + followers(&standstill, at: .now) + formerWays())
                    return Self.interval
                }
            }
            group.addTask {
                try await Task.sleep(for: Self.verificationDelay)
                try await service.look(
                    at: "the verification of the log", Waker(), shortest: .zero, afterFailure: Self.interval
                ) {
                    try await tell([try await log()])
                    return Self.verificationInterval
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Raises what is not open, or is worse than it was, and resolves what is as it should be. One look at the log for all of them.
    ///
    /// - Parameter refused: what becomes of one that cannot be told; it is thrown where nothing else is said.
    func tell(
        _ conditions: [Condition], refused: (Condition, Refusal) throws -> Void = { throw $1 }
    ) async throws {
        let open = try await service.site.log.inspect { platform, _ in
            conditions.map { platform.notifications[kind: $0.kind.rawValue, subject: $0.subject] }
        }
        let rules = service.configuration.noticeRules
        for (condition, known) in zip(conditions, open) {
            do {
                try await tell(condition, known, rules)
            } catch let refusal as Refusal {
                try refused(condition, refusal)
            }
        }
    }

    private func tell(_ condition: Condition, _ known: Projections.Notification?, _ rules: NoticeRules) async throws {
        guard let finding = condition.finding else {
            let kind = condition.kind.rawValue
            if known != nil { _ = try await service.site.resolve(kind: kind, subject: condition.subject, by: nil) }
            return
        }
        let severity = rules.severity(of: condition.kind, told: finding.severity)
        if let known, known.severity >= severity, known.title == finding.title { return }
        try await service.site.raise(
            condition.kind, subject: condition.subject, severity: finding.severity, title: finding.title,
            body: finding.body)
    }

    /// One that cannot be read is told by `mail status`, and stands as it was. Each host has its own: what was told of another path
    /// of this one is over.
    func certificate(at now: WallTime) async throws -> [Condition] {
        let (host, kind) = (service.site.site.host, BuiltInKind.certificateExpiring)
        let subject = service.configuration.mail?.certificate.map { "\($0) on \(host)" }
        let told = try await service.site.log.inspect { platform, _ in
            platform.notifications.open.filter { $0.kind == kind.rawValue && $0.subject.hasSuffix(" on \(host)") }
                .map(\.subject)
        }
        let former = told.filter { $0 != subject }.map { Condition(kind: kind, subject: $0, finding: nil) }
        guard let subject, let mail = service.configuration.mail, let path = mail.certificate,
            let certificate = CertificateFiles(mail).certificate
        else { return former }
        let left = certificate.notAfter.microseconds - Int(now.microseconds)
        let finding = Finding(
            severity: left < Self.expiringSoon ? .critical : nil,
            title: "The mail server's certificate \(left < 0 ? "ran" : "runs") out at \(certificate.notAfter)",
            body: "It is to be renewed in \(path); it is looked at each minute.")
        return former + [Condition(kind: kind, subject: subject, finding: left < Self.expiring ? finding : nil)]
    }

    /// Trouble with ways to people that are configured no more, which no message ends; said by who delivers, or where nobody does.
    func formerWays() async throws -> [Condition] {
        let (channels, host) = (service.configuration.channels, service.site.site.host)
        return try await service.site.log.inspect { platform, _ in
            let deliverer = platform.tasks.registered.first { platform.holdsOutbox($0.id) }
            guard deliverer.map({ $0.host == host }) ?? true else { return [] }
            return platform.troubleOfFormerWays(channels).map {
                Condition(kind: .deliveryFailed, subject: $0, finding: nil)
            }
        }
    }

    /// Runners of all hosts, and the reactions that are configured here. A runner that was retired follows nothing any more.
    func followers(_ standstill: inout Standstill, at now: MonotonicTime) async throws -> [Condition] {
        let scan = try LogScan(service.site.site.endpoint)
        let standings = try await scan.followers()
        let (runners, told) = try await service.site.log.inspect { platform, _ in
            let kind = BuiltInKind.followerStuck.rawValue
            return (
                Set(platform.tasks.registered.map { FollowerMark.name(of: $0.id, on: $0.host) }),
                platform.notifications.open.filter { $0.kind == kind }.map(\.subject)
            )
        }
        let reactions = Set(service.configuration.reactions.map { ReactionFollower.follower($0.name) })
        let conditions = standstill.look(
            at: standings.filter { runners.contains($0.name) || reactions.contains($0.name) }, now)
        let gone = told.filter { $0.hasPrefix(FollowerMark.prefix) && !runners.contains($0) }
        return conditions + gone.map { Condition(kind: .followerStuck, subject: $0, finding: nil) }
    }

    /// The whole chain; slowly, so that nobody waits for it.
    func log() async throws -> Condition {
        let scan = try LogScan(service.site.site.endpoint)
        let pace = Pace(share: Self.verificationShare)
        let damage = try await scan.verify { _ in
            pace.pause()
            try Task.checkCancellation()
        }.damage
        if let damage {
            service.logger.critical("the log is damaged at position \(damage.position): \(damage.problem)")
        }
        return Condition(
            kind: .logDamaged, subject: "log",
            finding: damage.map {
                Finding(
                    title: "The log is damaged at position \($0.position)",
                    body:
                        "It does not hold there what it held.\nSee: interlock log verify, and docs/restoring-a-dump.md")
            })
    }
}
