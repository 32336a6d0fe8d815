public import Events

/// The platform with the tasks that have finished: those are no part of its state. Grows with their number.
public struct TaskHistory: Sendable {
    /// As it is behind the last event.
    public private(set) var platform = Platform()
    /// In the order of their ends.
    public private(set) var finished: [TaskRecord] = []

    /// Nothing has happened.
    public init() {}

    /// Follows an event.
    public mutating func fold(_ fact: Fact) throws(HistoryError) {
        var ending: TaskRecord?
        if case .taskFinished(let data) = fact.event, !data.retry { ending = platform.tasks.task(data.task) }
        try platform.evolve(fact)
        guard var ending else { return }
        try ending.evolve(fact)
        finished.append(ending)
    }
}
