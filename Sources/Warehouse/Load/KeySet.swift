internal import Inflow

/// Notices whether a key may have come twice, so that PostgreSQL need look for duplicates only where there may be some.
///
/// Holds hashes and not keys: no two alike means no two keys alike. What it says is a doubt and never a count.
struct KeySet {
    private var hashes: Set<Int> = []
    /// Whether two keys may have been alike.
    private(set) var mayRepeat = false

    /// Keys looked at; beyond these there is always doubt, so that memory stays bounded.
    private static let most = 16_000

    /// Adds the key of a row: the values at `places` from `base` on.
    mutating func insert(
        _ places: [Int], _ values: [Value], _ base: Int, _ arena: UnsafeBufferPointer<UInt8>
    ) {
        guard !mayRepeat else { return }
        var hasher = Hasher()
        for place in places {
            switch values[base + place] {
            case .text(let start, let length), .decimal(let start, let length), .json(let start, let length):
                hasher.combine(length)
                let text = UnsafeBufferPointer(rebasing: arena[Int(start)..<Int(start + length)])
                hasher.combine(bytes: UnsafeRawBufferPointer(text))
            case let other: hasher.combine(other)
            }
        }
        mayRepeat = !hashes.insert(hasher.finalize()).inserted || hashes.count > KeySet.most
        if mayRepeat { hashes = [] }
    }

    /// Begins again where keys of before cannot come back; a doubt stays.
    mutating func forget() {
        hashes.removeAll(keepingCapacity: true)
    }
}
