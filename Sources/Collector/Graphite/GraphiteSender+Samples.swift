internal import System

extension GraphiteSender {
    /// What there is to tell of the sending. `unnamed`: samples for which there was no name.
    public func samples(unnamed: Int) -> [Sample] {
        var samples = Samples()
        samples.add(.graphiteConnected, isConnected ? 1 : 0)
        if let lastSuccess { samples.add(.graphiteLastSuccess, Double(lastSuccess.microseconds) / 1e6) }
        samples.add(.graphiteSentLines, Double(sentLines))
        samples.add(.graphiteQueuedLines, Double(queuedLines))
        samples.add(.graphiteDroppedLines, Double(droppedLines))
        samples.add(.graphiteUnnamed, Double(unnamed))
        return samples.all
    }
}
