/// What answers cost: calls of the organisation's quota, bytes, and waiting.
public struct Traffic: Sendable, Hashable {
    /// Calls sent to the platform, tokens not counted.
    public var calls = 0
    /// Bytes received on the wire.
    public var bytes = 0
    /// Seconds of waiting for permits to call.
    public var waited = 0.0

    /// Traffic of no calls.
    public init() {}

    /// Adds what another one spent.
    public static func += (left: inout Traffic, right: Traffic) {
        left.calls += right.calls
        left.bytes += right.bytes
        left.waited += right.waited
    }
}
