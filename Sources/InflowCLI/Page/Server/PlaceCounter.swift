import Synchronization

/// Places for work of which only so much may go on at a time.
final class PlaceCounter: Sendable {
    /// How many places there are.
    let most: Int
    private let taken = Mutex(0)

    /// So many places, all free.
    init(most: Int) { self.most = most }

    /// Takes a place; false where none is free.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < most else { return false }
            taken += 1
            return true
        }
    }

    /// Gives a place back.
    func giveBack() { taken.withLock { $0 -= 1 } }
}
