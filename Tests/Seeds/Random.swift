/// SplitMix64: the same seed gives the same run on every machine.
public struct Random: RandomNumberGenerator {
    private var state: UInt64

    /// The seed is mixed first: each run is a step along one cycle, and seeds that are a multiple of the step apart (as they
    /// would be if it were added up in the state) would all make the same numbers, only later.
    public init(seed: Int) { state = Self.mixed(UInt64(bitPattern: Int64(seed)) &+ 0x1234_5678_9abc_def1) }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True in `percent` of a hundred cases.
    public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}
