import ConnectionPage
import Foundation
import Inflow
import Synchronization
import WorkflowMax

/// Consents that browsers have gone away for, each of one session; in memory, since what proves them must be in no table.
///
/// A server that is started anew has none, and a browser that comes back to it is told to begin again.
final class PendingConsents: Sendable {
    /// A consent and what is known of it.
    struct Pending: Sendable {
        let session: Int64
        let flow: ConsentFlow
        let begunAt: Date
        /// What the platform gave, while a person chooses the organisation.
        var offer: (pair: TokenPair, organisations: [Organisation])?
    }

    private static let life: TimeInterval = 3_600
    private static let most = 100

    private let pending = Mutex<[Pending]>([])

    /// Notes a consent that begins; of one session only the newest of a connection is kept.
    func begin(_ flow: ConsentFlow, session: Int64, now: Date = Date()) {
        pending.withLock { all in
            all.removeAll {
                $0.session == session && $0.flow.connection.id == flow.connection.id
                    || now.timeIntervalSince($0.begunAt) > Self.life
            }
            all.append(Pending(session: session, flow: flow, begunAt: now))
            if all.count > Self.most { all.removeFirst(all.count - Self.most) }
        }
    }

    /// Takes the consent of a session that an address answers; `nil` where there is none.
    func take(_ address: String, session: Int64) -> Pending? {
        take { $0.session == session && $0.flow.request.isAnswered(by: address) }
    }

    /// Takes the consent of a session that waits for the choice of an organisation.
    func takeOffer(session: Int64) -> Pending? { take { $0.session == session && $0.offer != nil } }

    /// Puts a consent back with what the platform gave.
    func offer(_ pair: TokenPair, _ organisations: [Organisation], of one: Pending) {
        var one = one
        one.offer = (pair, organisations)
        pending.withLock { [one] in $0.append(one) }
    }

    private func take(_ isMeant: (Pending) -> Bool) -> Pending? {
        pending.withLock { all in
            guard let place = all.lastIndex(where: isMeant) else { return nil }
            return all.remove(at: place)
        }
    }
}
