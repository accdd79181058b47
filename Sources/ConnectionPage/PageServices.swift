/// What the pages read and do, each by a small protocol that the command implements.
public struct PageServices: Sendable {
    /// The way in.
    public var entry: any EntryService
    /// Connections.
    public var connections: any ConnectionService
    /// Runs.
    public var runs: any RunService

    /// The services of a server.
    public init(entry: any EntryService, connections: any ConnectionService, runs: any RunService) {
        (self.entry, self.connections, self.runs) = (entry, connections, runs)
    }
}
