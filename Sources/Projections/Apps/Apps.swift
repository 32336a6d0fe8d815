import Events

/// The registered apps.
public struct Apps: Sendable, Equatable {
    private(set) var records: [String: AppRecord] = [:]

    /// None.
    init() {}

    /// Follows an `app.…` event; others are none of its business.
    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .appRegistered(let data):
            guard records[data.app] == nil else { throw fact.error("app '\(data.app)' is registered already") }
            insert(AppRecord(data, at: fact.at))
        case .appChanged(let data):
            guard let record = records[data.app] else { throw fact.error("there is no app '\(data.app)'") }
            records[data.app]?.settings = record.settings.with(data.changes)
        case .appRemoved(let data):
            guard records.removeValue(forKey: data.app) != nil else {
                throw fact.error("there is no app '\(data.app)'")
            }
        case .appReconfiguring(let data):
            guard records[data.app] != nil else { throw fact.error("there is no app '\(data.app)'") }
            records[data.app]?.giving = data
        case .appReconfigured(let data):
            guard records[data.app] != nil else { throw fact.error("there is no app '\(data.app)'") }
            records[data.app]?.applied = data.mailServer.map { AppMail(server: $0, from: data.mailFrom ?? "") }
            records[data.app]?.appliedBy = AppRecord.Application(
                task: data.task, generation: data.generation, at: fact.at)
            records[data.app]?.failure = nil
            records[data.app]?.giving = nil
        case .appReconfigureFailed(let data):
            guard let record = records[data.app] else { throw fact.error("there is no app '\(data.app)'") }
            records[data.app]?.failure = AppRecord.Failure(
                task: data.task, problem: data.problem, at: fact.at, count: (record.failure?.count ?? 0) + 1)
            records[data.app]?.giving = nil
        default: break
        }
    }

    mutating func insert(_ record: AppRecord) {
        records[record.id] = record
    }
}

/// What views and commands ask.
extension Apps {
    /// Nil where there is none.
    public subscript(id: String) -> AppRecord? { records[id] }

    /// By id.
    public var all: [AppRecord] { records.values.sorted { $0.id < $1.id } }

    /// How many there are.
    public var count: Int { records.count }

    /// The app that is reached by this name, by a walk through all.
    func app(at domain: String) -> AppRecord? { records.values.first { $0.settings.domain == domain } }
}
