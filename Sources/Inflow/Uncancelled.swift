/// Runs work that must be done also when the task that asks for it was cancelled: noting an end, or a delivery.
///
/// The work runs in a task of its own, which the cancellation does not reach. The caller waits for it.
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
