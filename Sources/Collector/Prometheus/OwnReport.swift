public import System

extension Pass {
    /// A pass of one collector of somebody's own: what it printed, or why that was not taken.
    public init(
        own collector: String, _ samples: [Sample], problem: String?, duration: Duration, at: WallTime,
        monotonic: MonotonicTime
    ) {
        let problems = problem.map { [Problem(source: collector, message: $0)] } ?? []
        let report = Report(collector: collector, duration: duration, samples: samples, problems: problems)
        self.init(reports: [report], at: at, monotonic: monotonic, hanging: 0)
    }
}
