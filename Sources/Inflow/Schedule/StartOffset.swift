public import Foundation

/// How long after its slot a connection begins, so that connections which are due together do not all begin at once.
///
/// The first by number begins at the slot, the next 30 s later and so on; where that would take more than ten minutes,
/// the steps are shorter. The offset depends only on the connections' anchors, not on which of them ran already, so
/// that it does not change while they run. The slot and its key stay the same.
public struct StartOffset: Sendable, Hashable {
    /// Seconds between the starts of two connections, where they are few.
    public static let step: TimeInterval = 30
    /// Seconds at most; far less than lies between any two slots of an anchor.
    public static let longest: TimeInterval = 600

    /// The number of the connection.
    public let connection: Int64
    /// The anchors of all connections whose schedules are on, by number; its own may be missing.
    public let anchors: [Int64: Anchor]

    /// The offset of one connection among others.
    public init(connection: Int64, among anchors: [Int64: Anchor]) {
        self.connection = connection
        self.anchors = anchors
    }

    /// Seconds between a slot and the start of its run: from 0 to `longest`, both included.
    public func offset(of slot: Slot) -> TimeInterval {
        var (before, together) = (0, 1)
        for (other, anchor) in anchors where other != connection && anchor.isDue(at: slot.instant) {
            together += 1
            if other < connection { before += 1 }
        }
        guard before > 0 else { return 0 }
        let step = min(StartOffset.step, StartOffset.longest / Double(together - 1))
        return (step * Double(before)).rounded(.down)
    }
}
