/// A seeded stream of random numbers (xoshiro256**), the same on every machine and in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts the stream from a seed, spread over the state by SplitMix64.
    init(seed: UInt64) {
        state = (
            SeededGenerator.mix(seed &+ 1), SeededGenerator.mix(seed &+ 2), SeededGenerator.mix(seed &+ 3),
            SeededGenerator.mix(seed &+ 4)
        )
    }

    /// SplitMix64's finaliser: a good hash of one number.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The next number of the stream.
    mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// A number from 0 up to but not including `bound`, by multiplication (never by Swift's own ranges).
    mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(((next() >> 32) &* UInt64(bound)) >> 32)
    }

    /// A number of the closed range.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True with the given number of chances in a thousand.
    mutating func chance(_ perMille: Int) -> Bool {
        below(1000) < perMille
    }

    /// One element; the list must not be empty.
    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[below(list.count)]
    }

    /// Puts the elements in random order (Fisher–Yates).
    mutating func reorder<Element>(_ list: inout [Element]) {
        guard list.count > 1 else { return }
        for index in stride(from: list.count - 1, to: 0, by: -1) {
            list.swapAt(index, below(index + 1))
        }
    }
}
