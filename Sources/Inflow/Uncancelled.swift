/// Runs work to its end even when the caller's task is cancelled: recording the end of a run, or a delivery.
///
/// The work runs in a separate task, which the cancellation does not reach. The caller waits for it.
public func uncancelled<T: Sendable, E: Error>(
    _ body: @escaping @Sendable () async throws(E) -> T
) async throws(E) -> T {
    try await Task.detached { () async -> Result<T, E> in
        do throws(E) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }.value.get()
}
