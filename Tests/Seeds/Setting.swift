import Glibc

/// What the one who runs the tests asks for.
public enum Setting {
    /// `INTERLOCK_SEED`: the seed of a run that failed, to repeat its choices.
    public static var seed: Int? { number("INTERLOCK_SEED") }
    /// The seeds to try: the one of `INTERLOCK_SEED`; else as many as `INTERLOCK_SEEDS` says, `soak` in a soak, else `usual`.
    public static func seeds(_ usual: Int, soak: Int) -> Range<Int> {
        if let seed { return seed..<seed + 1 }
        return 0..<(number("INTERLOCK_SEEDS") ?? (isSoak ? soak : usual))
    }

    /// `INTERLOCK_SOAK` (`bin/test --soak`): take a minute where CI takes seconds.
    public static var isSoak: Bool { number("INTERLOCK_SOAK") == 1 }

    /// A variable that holds a whole number.
    public static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }
}
