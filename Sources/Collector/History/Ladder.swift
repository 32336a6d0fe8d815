/// The resolutions of the history, and how long each is kept. The finest is the interval at which is measured; what is coarser is
/// made of what is finer. Times are milliseconds.
public enum Ladder {
    /// Steps of every block.
    public static let stepsPerBlock = 120
    /// A minute and ten: the finer divides the coarser.
    public static let coarse = [60_000, 600_000]

    private static let hour = 3_600_000
    /// How long steps below a minute are kept, and those below ten; longer ones as long as the history is to reach back.
    static let secondsKept = 6 * hour
    static let minutesKept = 48 * hour

    /// How long blocks of a resolution are kept where the history is to reach back so far.
    public static func kept(_ resolution: Int, of history: Int) -> Int {
        guard let coarser = coarser(than: resolution) else { return history }
        return min(history, coarser == coarse[0] ? secondsKept : minutesKept)
    }

    /// What blocks of this resolution are rolled up to; nil for the coarsest.
    public static func coarser(than resolution: Int) -> Int? { coarse.first { $0 > resolution } }

    /// The resolutions of which blocks of this one are made.
    public static func finer(than resolution: Int) -> Range<Int> {
        (coarse.last { $0 < resolution } ?? 1)..<resolution
    }
}
