public import Events
import Testing

/// What every log of events does. Each case is given fresh logs: several ways into one empty log.
public enum StoreConformance: String, CaseIterable, Sendable {
    case positionsAreDense
    case refusalTouchesNobodyElse
    case halfDecidedCommandLeavesNothing
    case answersComeInOrder
    case repetitionIsAnsweredWithItsPositions
    case repetitionThatWouldBeRefusedToo
    case idsThatLookAlikeAreTwo
    case timesNeverFall
    case chainIsRight
    case streamVersionsAreDense
    case causationAndCorrelation
    case pagesAreWhole
    case inspectSeesTheHead
    case manySubmittersFromSeveralLogs
    case redactionErasesOneEvent
    case redactionIsDoneOnce
    case restorationLeavesPositionsOut

    public func run<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        let log = try #require(logs.first)
        switch self {
        case .positionsAreDense: try await positionsAreDense(log)
        case .refusalTouchesNobodyElse: try await refusalTouchesNobodyElse(log)
        case .halfDecidedCommandLeavesNothing: try await halfDecidedCommandLeavesNothing(log)
        case .answersComeInOrder: try await answersComeInOrder(log)
        case .repetitionIsAnsweredWithItsPositions: try await repetition(log, logs)
        case .repetitionThatWouldBeRefusedToo: try await refusedRepetition(log, logs)
        case .idsThatLookAlikeAreTwo: try await idsThatLookAlike(log)
        case .timesNeverFall: try await timesNeverFall(log)
        case .chainIsRight: try await chainIsRight(log)
        case .streamVersionsAreDense: try await streamVersionsAreDense(log)
        case .causationAndCorrelation: try await causationAndCorrelation(log)
        case .pagesAreWhole: try await pagesAreWhole(log)
        case .inspectSeesTheHead: try await inspectSeesTheHead(logs)
        case .manySubmittersFromSeveralLogs: try await manySubmitters(logs)
        case .redactionErasesOneEvent: try await redactionErasesOneEvent(logs)
        case .redactionIsDoneOnce: try await redactionIsDoneOnce(logs)
        case .restorationLeavesPositionsOut: try await restorationLeavesPositionsOut(logs)
        }
    }
}

/// Opens `count` sessions, one command each, and closes every third.
func fill<Log: EventLog>(_ log: Log, _ count: Int) async throws where Log.Machine == Book {
    for index in 0..<count {
        _ = try await log.submit(Submission("fill\(index)", .open(["f\(index)"], label: "läbel \(index)")))
        if index % 3 == 0 { _ = try await log.submit(Submission("empty\(index)", .close("f\(index)"))) }
    }
}

/// Everything in the log, in pages.
public func everything<Log: EventLog>(in log: Log, page: Int = 100) async throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    while true {
        let page = try await log.events(after: events.last?.position ?? 0, limit: page)
        guard !page.isEmpty else { return events }
        events += page
    }
}

/// What is always true of a log's events: dense but for `log.restored`, in order, times not falling, the chain right, ids unique, the versions
/// of each stream dense.
public func expectSound(_ events: [RecordedEvent]) {
    for (before, event) in zip([0] + events.map(\.position), events) {
        let follows = (try? event.fact().follows(before)) ?? (event.position == before + 1)
        #expect(follows, "event \(event.position) behind \(before)")
    }
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.at <= $1.at })
    #expect(Set(events.map(\.id)).count == events.count)
    var hash = RecordedEvent.genesis
    var versions: [String: Int] = [:]
    for event in events {
        #expect(event.chained(to: hash) == event.hash, "the chain breaks at \(event.position)")
        hash = event.hash
        versions[event.stream, default: 0] += 1
        #expect(event.streamVersion == versions[event.stream], "stream version at \(event.position)")
    }
}
