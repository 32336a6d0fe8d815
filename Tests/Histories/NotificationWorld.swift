import Events
import Projections
import Seeds

/// People with changing roles, notifications, and a deliverer that dies and meets with failures. Who is meant, and who got what, is
/// kept here by plain means, beside the platform.
struct NotificationWorld {
    static let people = ["olga", "adam", "mel", "ulf", "ute"]
    static let apps = ["blog", "wiki"]
    static let channels = Channels(
        mail: true,
        webhooks: [
            Channels.Webhook(name: "hook", staff: [.administrators]),
            Channels.Webhook(name: "post", staff: [.mailmanagers]),
        ])
    static let limit = DeliveryLimit(messages: 3, window: 600_000_000)

    /// Somebody, or a webhook: who comes by the same name later is another.
    struct Person: Hashable {
        var name: String
        var born: Int
    }

    struct Receipt: Hashable {
        var person: Person
        var channel: Channel
        var notification: NotificationID
    }

    /// What is known of a key.
    struct Known {
        var id: NotificationID
        var audience: Addressees
        var severity: Severity
        var raises: Int
        var isAcknowledged = false
    }

    struct Flight {
        var message: Message
        var end: Int
        /// By item, for who it was when it was sent.
        var receipts: [Receipt]
    }

    private(set) var platform = Platform()
    private(set) var replayed = Platform()
    private(set) var steps: [[Fact]] = []
    private(set) var violations: [String] = []
    var now = 0
    private var count = 0

    private(set) var roles: [String: (role: Role, email: Bool, born: Int)] = [:]
    private(set) var operators: [String: Set<String>] = [:]
    private(set) var open: [String: Known] = [:]
    private(set) var over: [NotificationID: Known] = [:]
    private(set) var readdressed: Set<NotificationID> = []
    /// All that somebody read; what of it was said to have arrived; and what was given up.
    private(set) var got: [Receipt: Set<Telling>] = [:]
    private(set) var recorded: [Receipt: Set<Telling>] = [:]
    private(set) var givenUp: [Receipt: Set<Telling>] = [:]
    private(set) var sent: [Line: [Int]] = [:]
    private(set) var summaries = 0
    private var flight: Flight?

    var facts: [Fact] { steps.flatMap { $0 } }

    init() throws {
        try give(.addUser(UserAdded(user: "olga", role: .owner, email: "olga@x.y")))
        roles["olga"] = (.owner, true, 0)
        for app in Self.apps {
            try give(
                .changeApps(
                    registered: [AppRegistered(app: app, settings: AppSettings(domain: "\(app).x.y"))], changed: []))
        }
        try register()
    }

    /// Nil for what is refused.
    @discardableResult
    mutating func give(_ command: Platform.Command) throws -> Platform.Reply? {
        (count, now) = (count + 1, now + 1_000_000)
        var draft = Draft(after: steps.last?.last?.position ?? 0, at: Timestamp(microseconds: now))
        let reply: Platform.Reply
        do {
            reply = try platform.decide(command, into: &draft)
        } catch {
            guard error is Refusal, draft.facts.isEmpty else { throw error }
            return nil
        }
        for fact in draft.facts { try replayed.evolve(fact) }
        if !draft.facts.isEmpty { steps.append(draft.facts) }
        return reply
    }

    private var runner: RunnerID? { platform.tasks.runner(on: "h1")?.id }

    /// A new incarnation, which takes the outbox over.
    mutating func register() throws {
        flight = nil
        let before = runner.flatMap { platform.tasks.runner($0)?.session }
        let session = SessionID("runner-\(count)")
        let opening = SessionOpening(
            SessionOpened(
                session: session, host: "h1", user: "root",
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: 1000 + count, startTicks: 1),
                program: "interlock", closesWhenIdle: true))
        try give(
            .registerRunner(
                RunnerRegistration(
                    runner: RunnerID("r\(count)"), host: "h1", holder: .opening(opening),
                    predecessor: before.map { SessionEnded(session: $0, cause: .provenDead, evidence: "killed") })))
        try give(
            .acquire(
                Acquisition(
                    holder: .session(session), request: RequestID("q\(count)"),
                    locks: [Lock(Platform.outbox, .exclusive)], wait: true)))
    }
}

/// Who is meant, told from the roles alone.
extension NotificationWorld {
    func isMeant(_ name: String, _ audience: Addressees) -> Bool {
        guard let user = roles[name] else { return false }
        return audience.texts.contains { text in
            switch text {
            case "user": true
            case "admin": user.role == .admin || user.role == .owner
            case "owner", "usermanager", "mailmanager": user.role.rawValue == text
            default: operators[String(text.dropFirst("operator:".count))]?.contains(name) ?? false
            }
        }
    }

    func isMeant(_ line: Line, _ audience: Addressees) -> Bool {
        guard line.channel == .webhook else {
            return isMeant(line.recipient, audience) && roles[line.recipient]?.email == true
        }
        let word = line.recipient == "hook" ? "admin" : "mailmanager"
        return audience == .users || audience.texts.contains(word)
    }

    private func person(_ line: Line) -> Person {
        Person(name: line.recipient, born: line.channel == .webhook ? 0 : roles[line.recipient]?.born ?? -1)
    }

    func receipt(_ line: Line, _ notification: NotificationID) -> Receipt {
        Receipt(person: person(line), channel: line.channel, notification: notification)
    }

    /// All ways to those who are meant now.
    func lines(_ audience: Addressees) -> [Line] {
        (roles.keys.map { Line(recipient: $0, channel: .mail) }
            + ["hook", "post"].map { Line(recipient: $0, channel: .webhook) }).filter { isMeant($0, audience) }
    }
}

/// What happens.
extension NotificationWorld {
    mutating func step(_ random: inout Random) throws {
        switch random.below(20) {
        case 0...2: try people(&random)
        case 3...6: try raise(&random)
        case 7: try acknowledge(&random)
        case 8...9: try resolve(&random)
        case 10: if random.chance(20) { try register() }
        case 11: now += random.below(700) * 1_000_000
        default: try deliver(&random)
        }
    }

    private mutating func people(_ random: inout Random) throws {
        let name = Self.people[random.below(Self.people.count)]
        let role = Role.allCases[random.below(Role.allCases.count)]
        switch random.below(6) {
        case 0...1:
            let hasAddress = random.chance(80)
            let isNew = roles[name] == nil
            let reply = try give(.addUser(UserAdded(user: name, role: role, email: hasAddress ? "\(name)@x.y" : nil)))
            if isNew, reply != nil { roles[name] = (role, hasAddress, now) }
        case 2: if try give(.setRole(name, role)) != nil { roles[name]?.role = role }
        case 3:
            let hasAddress = random.chance(70)
            let before = steps.count
            try give(.setEmail(name, hasAddress ? "\(name)@x.y" : nil))
            guard steps.count > before else { return }
            roles[name]?.email = hasAddress
            // What could not be told at the former address is told at this one.
            let person = person(Line(recipient: name, channel: .mail))
            givenUp = givenUp.filter { $0.key.person != person || $0.key.channel != .mail }
        case 4:
            guard try give(.removeUser(name)) != nil else { return }
            roles[name] = nil
            for app in Self.apps { operators[app]?.remove(name) }
            // Somebody else comes by the same name.
            guard random.chance(60) else { return }
            if try give(.addUser(UserAdded(user: name, role: role, email: "\(name)@x.z"))) != nil {
                roles[name] = (role, true, now)
            }
        default:
            let app = Self.apps[random.below(Self.apps.count)]
            let some = roles.keys.sorted().filter { _ in random.chance(40) }
            var changes = AppChanges()
            changes.operators = some
            if try give(.changeApps(registered: [], changed: [AppChanged(app: app, changes: changes)])) != nil {
                operators[app] = Set(some)
            }
        }
    }

    private mutating func raise(_ random: inout Random) throws {
        let subject = "\(random.below(6))"
        let severity = Severity.allCases[random.below(3)]
        let all: [Staff] = [.owners, .administrators, .usermanagers, .mailmanagers, .operators(of: "blog")]
        // Most are raised for the same people each time.
        let pick = random.chance(85) ? (Int(subject) ?? 0) : random.below(6)
        let reply: Platform.Reply?
        let audience: Addressees
        if pick == 5 {
            audience = .users
            reply = try give(.tell(UserNotice(kind: "k", subject: subject, severity: severity, title: "t")))
        } else {
            let staff = random.chance(20) ? StaffAudience(all[pick], .usermanagers) : StaffAudience(all[pick])
            audience = .staff(staff)
            reply = try give(
                .notify(
                    StaffNotice(kind: "k", subject: subject, severity: severity, title: "canary \(subject)"), staff))
        }
        guard case .notified(let id, _)? = reply else {
            return violations.append("a raise is answered \(String(describing: reply))")
        }
        if var known = open[subject], known.audience == audience {
            if known.id != id { violations.append("\(subject) is open twice") }
            if severity > known.severity { (known.severity, known.isAcknowledged) = (severity, false) }
            known.raises += 1
            open[subject] = known
        } else {
            if let known = open[subject] { readdressed.insert(known.id) }
            open[subject] = Known(id: id, audience: audience, severity: severity, raises: 1)
        }
    }

    private mutating func acknowledge(_ random: inout Random) throws {
        guard let subject = open.keys.sorted().randomElement(using: &random), let id = open[subject]?.id else { return }
        if try give(.acknowledge(id, by: "olga")) != nil { open[subject]?.isAcknowledged = true }
    }

    private mutating func resolve(_ random: inout Random) throws {
        guard let subject = open.keys.sorted().randomElement(using: &random), let known = open[subject] else { return }
        try give(.resolve(kind: "k", subject: subject, by: random.chance(50) ? "olga" : nil))
        (over[known.id], open[subject]) = (known, nil)
    }
}

/// The deliverer: it looks, sends one message, and says later what came of it, unless it dies.
extension NotificationWorld {
    private mutating func deliver(_ random: inout Random) throws {
        guard flight == nil else { return try conclude(&random) }
        guard let message = outbox.messages.randomElement(using: &random) else { return }
        send(message, ending: random.below(100))
    }

    var outbox: Outbox { outbox(after: Settled()) }

    func outbox(after settled: Settled) -> Outbox {
        Outbox(
            platform.outboxPart, by: Self.channels, limit: Self.limit, at: Timestamp(microseconds: now), after: settled)
    }

    /// `end`: below 60 taken, below 70 taken and nobody says so, below 80 lost, below 95 not taken this time, else never.
    private mutating func send(_ message: Message, ending end: Int) {
        let receipts = message.items.map { receipt(message.line, $0.notification) }
        flight = Flight(message: message, end: end, receipts: receipts)
        if message.items.count > 1 { summaries += 1 }
        guard end < 70 else { return }
        for item in message.items {
            if readdressed.contains(item.notification) {
                violations.append("\(message.line.words) is told of \(item.notification), which is for others by now")
            }
            guard let known = known(item.notification) else { continue }
            if !isMeant(message.line, known.audience) {
                violations.append(
                    "\(message.line.words) is told of \(item.notification), which is for \(known.audience.texts)")
            }
            let receipt = receipt(message.line, item.notification)
            if item.telling == .resolved, !(got[receipt]?.contains { $0 != .resolved } ?? false) {
                violations.append(
                    "\(message.line.words) is told that \(item.notification) is over, and was not told of it")
            }
            got[receipt, default: []].insert(item.telling)
        }
    }

    /// Of this world's own notifications; those that the platform raises by itself are not followed.
    private func known(_ id: NotificationID) -> Known? { over[id] ?? open.values.first { $0.id == id } }

    private mutating func conclude(_ random: inout Random) throws {
        guard let flight, let runner else { return }
        self.flight = nil
        switch flight.end {
        case ..<60:
            let before = steps.count
            guard try give(.delivered(flight.message, by: runner)) != nil else {
                return violations.append("not recorded")
            }
            // Not where it went to another, or to a former address.
            guard steps.count > before else { return }
            for (receipt, item) in zip(flight.receipts, flight.message.items) {
                recorded[receipt, default: []].insert(item.telling)
            }
            sent[flight.message.line, default: []].append(now)
            let recent = sent[flight.message.line]?.count { now - $0 < Self.limit.window } ?? 0
            if recent > Self.limit.messages { violations.append("\(flight.message.line.words): \(recent) messages") }
        case ..<80: try register()
        default:
            let isFinal = flight.end >= 95
            let before = steps.count
            try give(
                .deliveryFailed(
                    flight.message, DeliveryFailure("451", isFinal: isFinal, isOfServer: random.chance(30)),
                    jitter: random.below(1000), by: runner))
            guard steps.count > before, case .notificationDeliveryFailed(let data)? = steps.last?.first?.event,
                data.isFinal
            else { return }
            for (receipt, item) in zip(flight.receipts, flight.message.items) {
                givenUp[receipt, default: []].insert(item.telling)
            }
        }
    }

    /// Everything arrives from now on; false where it comes to no end.
    mutating func settle(_ random: inout Random) throws -> Bool {
        if flight != nil { try conclude(&random) }
        for _ in 0..<2000 {
            let outbox = outbox
            if let message = outbox.messages.first {
                send(message, ending: 0)
                try conclude(&random)
            } else if let next = outbox.next {
                now = max(now, next.microseconds)
            } else {
                return outbox.owed.isEmpty
            }
        }
        return false
    }
}
