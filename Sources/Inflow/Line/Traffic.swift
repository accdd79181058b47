/// Calls and bytes spent.
public struct Traffic: Sendable, Hashable {
    /// Calls sent to the platform, tokens not counted.
    public var calls = 0
    /// Bytes received on the wire.
    public var bytes = 0
    /// Seconds in which leave for a call was waited for.
    public var waited = 0.0

    /// Nothing spent.
    public init() {}

    /// Adds what another one spent.
    public static func += (left: inout Traffic, right: Traffic) {
        left.calls += right.calls
        left.bytes += right.bytes
        left.waited += right.waited
    }
}
