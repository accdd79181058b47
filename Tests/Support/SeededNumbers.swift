/// Numbers that look random and are the same in every run and on every machine, by the algorithm SplitMix64.
public struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The numbers of a seed.
    public init(seed: UInt64) { state = seed }

    /// The numbers of a text.
    public init(_ text: String) { state = text.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) } }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SeededNumbers.mixed(state)
    }

    /// A number whose every bit depends on every bit of another: equal for equal numbers, and far apart for near ones.
    public static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
