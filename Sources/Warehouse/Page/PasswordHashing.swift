internal import Dispatch
internal import Inflow
internal import Synchronization

/// Hashes passwords one after the other on a thread of its own.
///
/// A hash takes 128 MiB and a third of a second by design. One at a time bounds the memory; a queue that is too long
/// refuses at once, so that a flood of sign-ins neither fills the machine nor stops the rest of the process.
public final class PasswordHashing: Sendable {
    /// The one of this process.
    public static let standard = PasswordHashing(cost: .standard)

    private let cost: PasswordCost
    private let most: Int
    private let waiting = Mutex(0)
    private let queue = DispatchQueue(label: "inflow.passwords")

    /// Hashes at a cost; the next is refused while `most` wait.
    public init(cost: PasswordCost, most: Int = 16) {
        self.cost = cost
        self.most = most
    }

    /// The text to store for a password.
    func text(of password: NewPassword) async throws(WarehouseError) -> String {
        let (bytes, cost) = (password.bytes, cost)
        return try await run { () throws(WarehouseError) in try PasswordHash(of: bytes, cost: cost).text }
    }

    /// What comparing a typed password with a stored hash found.
    struct Answer: Sendable {
        let fits: Bool
        /// The text to store instead, where the password fits and the stored hash was made at less than the present
        /// cost.
        let renewed: String?
    }

    /// Compares; without a stored hash, or with a password that nobody has, it takes as long and nothing fits.
    ///
    /// - Throws: `busy` where too many wait already.
    func compare(_ password: String, with stored: String?) async throws(WarehouseError) -> Answer {
        let (typed, known, cost) = (NewPassword.bytes(password), stored.flatMap { PasswordHash($0) }, cost)
        return try await run { () throws(WarehouseError) in
            guard let typed, let known else {
                _ = try PasswordHash(of: Array("nobody's password".utf8), cost: cost)
                return Answer(fits: false, renewed: nil)
            }
            guard try known.fits(typed) else { return Answer(fits: false, renewed: nil) }
            return Answer(
                fits: true,
                renewed: known.cost.work < cost.work ? try PasswordHash(of: typed, cost: cost).text : nil)
        }
    }

    private func run<T: Sendable>(
        _ work: @escaping @Sendable () throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        let mayWait = waiting.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        guard mayWait else {
            throw WarehouseError(
                .busy, subject: "sign-in",
                message: "Too many people sign in at this moment. Nothing was changed. Try again in a minute.")
        }
        let result: Result<T, WarehouseError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(WarehouseError) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        waiting.withLock { $0 -= 1 }
        return try result.get()
    }
}
