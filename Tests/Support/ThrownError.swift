public import Testing

/// The error that some work throws, of the type that the caller expects; `nil` where it throws none.
///
/// An error of another type is an issue of the test.
public func thrownError<E: Error, T>(
    isolation: isolated (any Actor)? = #isolation, location: SourceLocation = #_sourceLocation,
    by work: () async throws -> T
) async -> E? {
    do {
        _ = try await work()
        return nil
    } catch let error as E {
        return error
    } catch {
        Issue.record(error, "The error is no \(E.self).", sourceLocation: location)
        return nil
    }
}
