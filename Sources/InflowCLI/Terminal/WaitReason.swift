import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// What a run waits for while nothing arrives.
struct WaitReason: Equatable {
    /// The reason in words.
    let text: String
    /// The same in fewer characters.
    let short: String

    /// The reason that the budget of calls gives; `nil` where a call could be made.
    init?(_ usage: QuotaUsage, now: Date) {
        func span(_ until: Date) -> String { Console.span(max(1, until.timeIntervalSince(now).rounded(.up))) }
        if usage.isRefused, let at = usage.resumeAt {
            text = "waiting: WorkflowMax refuses calls, next in \(span(at))"
            short = "waiting: next call in \(span(at))"
        } else if usage.perMinute > 0, usage.usedThisMinute >= usage.perMinute {
            let next = usage.nextThisMinute.map { ", next in \(span($0))" } ?? ""
            text = "waiting for calls: \(usage.usedThisMinute) of \(usage.perMinute) used\(next)"
            short = "waiting for calls\(next)"
        } else {
            return nil
        }
    }

    private init(_ text: String) { (self.text, short) = (text, text) }

    /// A call is under way whose answer has not come.
    static let answer = WaitReason("waiting for an answer")
}

extension Wiring {
    /// What a run of this process waits for now; `nil` where it does not wait, or that cannot be told.
    func waitReason(_ connection: Connection) async -> WaitReason? {
        let ledger = await QuotaLedgers.all.budget(of: connection, warehouse.waiting(Warehouse.patienceOfRuns))
        let isCalling = await ledger.isCalling
        if await ledger.waiting == 0 { return isCalling ? .answer : nil }
        guard let usage = try? await QuotaUsage.read(warehouse, WorkflowMax.platform, connection.settings) else {
            return nil
        }
        return WaitReason(usage, now: Date()) ?? (isCalling ? .answer : nil)
    }
}
