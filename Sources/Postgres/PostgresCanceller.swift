import CLibPQ
import Synchronization

/// Asks the server to stop the statement that runs, from any thread, as long as the session lives.
///
/// libpq's cancel object is a copy of the address and the secret, so using it does not touch the connection; the lock
/// keeps it from being freed while it is used. The pointer is kept as a number because pointers are not Sendable.
final class PostgresCanceller: Sendable {
    private let address = Mutex<UInt>(0)
    private let asked = Mutex(false)

    /// Whether a cancel was asked for since the statement began.
    var isAsked: Bool { asked.withLock { $0 } }

    /// Forgets what was asked for earlier statements.
    func beginStatement() { asked.withLock { $0 = false } }

    func adopt(_ connection: OpaquePointer) {
        let pointer = PQgetCancel(connection)
        address.withLock { $0 = UInt(bitPattern: pointer) }
    }

    func cancel() {
        asked.withLock { $0 = true }
        address.withLock { address in
            guard let pointer = OpaquePointer(bitPattern: address) else { return }
            var words = [CChar](repeating: 0, count: 256)
            // A refusal is nothing to act on: the statement has ended, or the server is gone and the session says so.
            _ = PQcancel(pointer, &words, Int32(words.count))
        }
    }

    func forget() {
        address.withLock { address in
            PQfreeCancel(OpaquePointer(bitPattern: address))
            address = 0
        }
    }

    deinit { forget() }
}
