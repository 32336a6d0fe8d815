import Events
import Seeds

@testable import Histories

/// A random history of locks that no platform has decided: anybody may be granted anything, so that every order of locks
/// comes about in a few events.
struct MadeHistory {
    private(set) var facts: [Fact] = []
    private var random: Random
    private var living: [SessionID] = []
    private var queued: [LockRequested] = []
    private var grants: [LockReleased] = []
    private var made = 0

    private let paths: [LockPath]
    /// Many locks, of which each session takes two: what comes about are longer rings.
    private let isWide: Bool

    init(seed: Int, events: Int) {
        random = Random(seed: seed)
        isWide = seed.isMultiple(of: 2)
        let narrow = ["/", "/a", "/a/b", "/c", "/c", "/d", "/d", "/e", "/f"]
        paths = (isWide ? (0..<8).map { "/\($0)" } : narrow).compactMap(LockPath.init)
        while facts.count < events { step() }
    }

    private mutating func add(_ event: Event) {
        let position = facts.count + 1
        facts.append(Fact(position: position, at: Timestamp(microseconds: position), event: event))
    }

    private mutating func lock() -> Lock {
        let mode: LockMode = random.chance(isWide ? 97 : 75) ? .exclusive : random.chance(80) ? .shared : .slot
        return Lock(paths[random.below(paths.count)], mode)
    }

    private mutating func step() {
        guard living.count >= 2 else { return open() }
        let session = living[random.below(living.count)]
        if isWide, grants.count(where: { $0.session == session }) > 1 { return end(session) }
        switch random.below(100) {
        case 0..<12: open()
        case 12..<17: end(session)
        case 17..<65: ask(session)
        case 65..<75: release()
        case 75..<80: downgrade()
        default: answer()
        }
    }

    private mutating func open() {
        made += 1
        let parent = living.isEmpty || random.chance(isWide ? 90 : 60) ? nil : living[random.below(living.count)]
        let session = SessionID("s\(made)")
        living.append(session)
        add(.sessionOpened(SessionOpened(session: session, parent: parent, host: "h", user: "u")))
    }

    private mutating func end(_ session: SessionID) {
        for grant in grants where grant.session == session { add(.lockReleased(grant)) }
        grants.removeAll { $0.session == session }
        queued.removeAll { $0.session == session }
        living.removeAll { $0 == session }
        add(.sessionEnded(SessionEnded(session: session, cause: .exited, evidence: "")))
    }

    private mutating func ask(_ session: SessionID) {
        made += 1
        let locks = (0...random.below(isWide ? 3 : 5) / 3).map { _ in lock() }.canonical
        let request = LockRequested(request: RequestID("r\(made)"), session: session, locks: locks)
        if random.chance(10) {
            return add(.lockRefused(LockRefused(request: request.request, session: session, locks: locks, cycle: [])))
        }
        add(.lockRequested(request))
        if random.chance(80) { grant(request) } else { queued.append(request) }
    }

    private mutating func grant(_ request: LockRequested) {
        add(.lockGranted(LockGranted(request: request.request, session: request.session, locks: request.locks)))
        grants.append(
            LockReleased(session: request.session, locks: request.locks, token: facts.count, cause: .released))
    }

    private mutating func answer() {
        guard !queued.isEmpty else { return }
        let request = queued.remove(at: random.below(queued.count))
        switch random.below(3) {
        case 0: grant(request)
        case 1:
            add(.lockWithdrawn(LockWithdrawn(request: request.request, session: request.session, cause: .cancelled)))
        default:
            let (id, session) = (request.request, request.session)
            add(.lockRefused(LockRefused(request: id, session: session, locks: request.locks, cycle: [])))
        }
    }

    private mutating func release() {
        guard !grants.isEmpty else { return }
        let index = random.below(grants.count)
        var part = grants[index]
        if random.chance(50) { part.locks = [part.locks[random.below(part.locks.count)]] }
        add(.lockReleased(part))
        grants[index].locks.removeAll { part.locks.contains($0) }
        if grants[index].locks.isEmpty { grants.remove(at: index) }
    }

    private mutating func downgrade() {
        guard !grants.isEmpty else { return }
        let index = random.below(grants.count)
        guard let lock = grants[index].locks.firstIndex(where: { $0.mode == .exclusive }) else { return }
        let grant = grants[index]
        grants[index].locks[lock].mode = .shared
        add(.lockDowngraded(LockDowngraded(session: grant.session, path: grant.locks[lock].path, token: grant.token)))
    }
}

extension [Lock] {
    /// Each path once.
    fileprivate var canonical: [Lock] {
        var seen: Set<LockPath> = []
        return filter { seen.insert($0.path).inserted }
    }
}
