/// Runs work of an inner layer and rethrows its error as the outer layer's.
///
/// Each layer has one error type. Where one layer calls another, the border is one word instead of a `do`-`catch`.
public func mapping<T, Inner: Error, Outer: Error>(
    _ lift: (Inner) -> Outer, _ body: () throws(Inner) -> T
) throws(Outer) -> T {
    do throws(Inner) {
        return try body()
    } catch {
        throw lift(error)
    }
}

/// Runs asynchronous work of an inner layer on the caller's actor and rethrows its error as the outer layer's.
public func mapping<T, Inner: Error, Outer: Error>(
    _ lift: (Inner) -> Outer, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws(Inner) -> T
) async throws(Outer) -> T {
    do throws(Inner) {
        return try await body()
    } catch {
        throw lift(error)
    }
}
