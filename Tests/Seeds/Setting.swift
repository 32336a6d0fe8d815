import Glibc

/// What the one who runs the tests asks for.
public enum Setting {
    /// `INTERLOCK_SEED`: the seed of a run that failed, to repeat its choices.
    public static var seed: Int? { number("INTERLOCK_SEED") }
    /// `INTERLOCK_SOAK` (`bin/test --soak`): take a minute where CI takes seconds.
    public static var isSoak: Bool { number("INTERLOCK_SOAK") == 1 }

    /// A variable that holds a whole number.
    public static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }
}
