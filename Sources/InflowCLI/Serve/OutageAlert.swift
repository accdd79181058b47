import Alerts
import Foundation
import Inflow
import Logging
import Postgres
import ServiceLifecycle
import Warehouse

/// Sends an alert when the warehouse has not answered for ten minutes, and one when it is back, over the channels as they
/// were last known: those that the warehouse holds cannot be asked.
///
/// A receiver of several connections gets one message. A file in Inflow's folder marks that the alert was sent, so that
/// a daemon that is started anew does not repeat it, and reports the end.
struct OutageAlert: Service {
    let channels: KeptChannels
    let health: DaemonHealth
    let sender: AlertSender
    let logger: Logger
    /// The file that marks an alert that was sent.
    let mark: String
    /// The pause between two looks.
    var every: Duration = .seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var reached: Set<KeptChannels.Entry> = []
            while !Task.isCancelled {
                await look(&reached)
                guard (try? await Task.sleep(for: every)) != nil else { return }
            }
        }
    }

    /// Looks once; `reached` holds the receivers that have the message of the present turn.
    func look(_ reached: inout Set<KeptChannels.Entry>) async {
        let isTold = FileManager.default.fileExists(atPath: mark)
        let event: AlertNotice.Event
        if health.fault != nil, !isTold {
            event = .opened
        } else if isTold, health.outage.silence < .seconds(60) {
            event = .closed
        } else {
            return
        }
        let receivers: [KeptChannels.Entry]
        do throws(WarehouseError) {
            receivers = try channels.read().firstOfEachReceiver
        } catch {
            return health.outage.log("alerts", error.message)
        }
        for receiver in receivers where !reached.contains(receiver) {
            if await send(event, to: receiver) { reached.insert(receiver) }
        }
        // One that cannot be reached is tried at the next look.
        guard reached.isSuperset(of: receivers) else { return }
        reached = []
        switch event {
        case .opened:
            if FileManager.default.createFile(atPath: mark, contents: Data()) {
                FolderOwner.give(mark)
            } else {
                health.outage.log("alerts", "Inflow cannot write \"\(mark)\" and repeats the alert.")
            }
        case .closed, .test: try? FileManager.default.removeItem(atPath: mark)
        }
    }

    private func send(_ event: AlertNotice.Event, to receiver: KeptChannels.Entry) async -> Bool {
        let incident = Incident(.warehouseAway, detail: health.fault ?? "")
        let notice = AlertNotice(
            event, .warehouseAway, [incident], connection: receiver.connection, zone: receiver.zone, at: Date())
        let message = Outbox.Message(notice, to: receiver.channel, connectionID: 0)
        switch await sender.send(message, by: receiver.channel, secret: receiver.secret, seconds: 30) {
        case .sent: return true
        case .failed(let why, let isFinal):
            health.outage.log("alerts", "Not sent by \(receiver.channel.kind.rawValue): \(message.subject). \(why)")
            return isFinal
        }
    }
}

extension [KeptChannels.Entry] {
    /// The first of those that reach the same people or program.
    fileprivate var firstOfEachReceiver: [KeptChannels.Entry] {
        var seen: Set<[String]> = []
        return filter { entry in
            seen.insert([entry.channel.kind.rawValue, entry.channel.url] + entry.channel.recipients).inserted
        }
    }
}
