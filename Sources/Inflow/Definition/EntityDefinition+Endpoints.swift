extension EntityDefinition {
    /// All endpoints that a run may read it from: its list, the alternative list, the call for one record, the sweeps.
    public var endpoints: [Endpoint] {
        [endpoint, alternative, get].compactMap(\.self) + sweeps
    }

    /// The endpoint with the path that an archived answer names; `nil` for a path that the definition no longer has.
    public func endpoint(at path: String) -> Endpoint? {
        endpoints.first { $0.path == path }
    }
}
