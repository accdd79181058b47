import Foundation
import Glibc
import Synchronization

/// What a process has written to one stream so far; a test can wait for a text in it.
final class Transcript: Sendable {
    private struct State {
        var bytes = Data()
        var isEnded = false
        var waiting: [(text: String?, teller: CheckedContinuation<Bool, Never>)] = []

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private let state = Mutex(State())

    /// Reads a stream to its end on a thread of its own.
    func read(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                // FileHandle traps where a signal interrupts the call.
                let count = Glibc.read(handle.fileDescriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                take(Data(buffer.prefix(max(0, count))))
                if count <= 0 { return }
            }
        }
    }

    /// Takes in a piece; an empty one is the end.
    private func take(_ piece: Data) {
        let told = state.withLock { state in
            state.bytes += piece
            state.isEnded = piece.isEmpty
            let (text, isEnded) = (state.text, state.isEnded)
            let told = state.waiting.filter { one in isEnded || one.text.map(text.contains) == true }
            state.waiting.removeAll { one in isEnded || one.text.map(text.contains) == true }
            return told.map { one in (one.teller, one.text.map(text.contains) ?? true) }
        }
        for (teller, isThere) in told { teller.resume(returning: isThere) }
    }

    /// Waits until the text is there; false when the stream ended without it.
    func contains(_ text: String) async -> Bool { await wait(for: text) }

    /// What was written so far.
    var soFar: String { state.withLock { $0.text } }

    /// All that was written, when the stream has ended.
    func whole() async -> String {
        _ = await wait(for: nil)
        return state.withLock { $0.text }
    }

    private func wait(for text: String?) async -> Bool {
        await withCheckedContinuation { teller in
            let answer: Bool? = state.withLock { state in
                if let text, state.text.contains(text) { return true }
                if state.isEnded { return text == nil }
                state.waiting.append((text, teller))
                return nil
            }
            if let answer { teller.resume(returning: answer) }
        }
    }
}
