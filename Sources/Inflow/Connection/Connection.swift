public import Foundation

/// One organisation at one platform, with its settings and its place in the warehouse.
///
/// It holds no secret: the warehouse keeps those encrypted, and the code that needs one reads it there.
public struct Connection: Sendable, Hashable {
    /// The number that the warehouse gave it: the first column of every record's key.
    public let id: Int64
    /// The name a person gave it, unique in the warehouse.
    public let name: String
    /// What a person may change about it; settings never changed have their defaults.
    public var settings: ConnectionSettings
    /// When a person paused it; `nil` while Inflow may read it.
    public var pausedAt: Date?
    /// When a person began to remove it; `nil` unless the removal is under way or was interrupted.
    public var removalBeganAt: Date?

    /// A connection that is neither paused nor being removed.
    public init(id: Int64, name: String, settings: ConnectionSettings) {
        self.id = id
        self.name = name
        self.settings = settings
    }
}
