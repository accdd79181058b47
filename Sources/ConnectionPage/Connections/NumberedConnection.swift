/// What a shared reading is kept by: a name may pass to another connection, a number never does.
struct NumberedConnection: Sendable, Hashable {
    let number: Int64
    let name: String

    init(_ name: String, _ connections: any ConnectionService) async throws {
        (number, self.name) = (try await connections.number(of: name), name)
    }
}
