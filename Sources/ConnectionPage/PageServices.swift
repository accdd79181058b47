/// What the pages read and do, each by a small protocol that the command implements.
public struct PageServices: Sendable {
    /// The way in.
    public var entry: any EntryService
    /// Connections.
    public var connections: any ConnectionService
    /// Runs.
    public var runs: any RunService
    /// The pages with numbers.
    public var numbers: NumberServices

    /// The services of a server.
    public init(
        entry: any EntryService, connections: any ConnectionService, runs: any RunService, numbers: NumberServices
    ) {
        (self.entry, self.connections, self.runs, self.numbers) = (entry, connections, runs, numbers)
    }
}
