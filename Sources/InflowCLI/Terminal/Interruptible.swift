import Foundation
import UnixSignals

/// Runs work that Ctrl-C (SIGINT) and SIGTERM stop: one signal cancels it, the next ends the process at once.
///
/// Work that can end at a good place of its own passes `finishing`. Then the first signal only makes that request, the
/// second cancels, and the third ends the process. `notice` is what the terminal says when a signal cancels the work.
///
/// - Throws: what the work throws; `CancellationError` mostly where a signal cancelled it.
func interruptible<T: Sendable>(
    saying notice: String =
        "Stopping. Committed records stay; Inflow drops the chunk it is reading. Press Ctrl-C again to stop at once.",
    finishing request: StopRequest? = nil,
    _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    // Neither task is a child: a child that listens would go deaf when a signal cancels the work, and the next signal
    // must still end the process.
    let work = Task { try await body() }
    let listener = Task {
        for await _ in signals {
            if let request, request.make() {
                Console.note("Finishing the current chunk. Press Ctrl-C again to drop it.")
            } else if work.isCancelled {
                leave(130)
            } else {
                Console.note(notice)
                work.cancel()
            }
        }
    }
    defer { listener.cancel() }
    return try await withTaskCancellationHandler {
        try await work.value
    } onCancel: {
        work.cancel()
    }
}
