import Foundation
import Inflow
import Warehouse

/// What has changed in the closed months of a connection, as `inflow status` says it.
struct ClosedMonths: Encodable {
    /// How many months are closed.
    let closed: Int
    /// The months in which a record counts otherwise by now, the newest first.
    let changed: [String]
    /// Records that do, and by how much in all of them.
    let lateChanges: Closing.LateChanges

    init(closed: Int, changed: [String], _ lateChanges: Closing.LateChanges) {
        (self.closed, self.changed, self.lateChanges) = (closed, changed, lateChanges)
    }

    init(_ closings: [Closing]) {
        let held = closings.filter(\.holds)
        let late = held.map(\.lateChanges)
        self.init(
            closed: held.count, changed: held.filter { $0.lateChanges.records > 0 }.map { Month.text($0.month) },
            Closing.LateChanges(
                records: late.reduce(0) { $0 + $1.records }, hours: late.reduce(0) { $0 + $1.hours },
                amount: late.reduce(0) { $0 + $1.amount }, jobCosts: late.reduce(0) { $0 + $1.jobCosts },
                hasUnknownAmount: late.contains(where: \.hasUnknownAmount)))
    }

    /// One line on the months of a connection; `nil` where none is closed.
    func line(_ connection: String) -> String? {
        guard closed > 0 else { return nil }
        let late = lateChanges
        guard late.records > 0 else { return "\(Self.count(closed, "month")), nothing changed in them since" }
        let shown = changed.prefix(3).joined(separator: ", ")
        let more = changed.count > 3 ? " and \(changed.count - 3) more" : ""
        var figures = [
            "\(FigureText.difference(late.hours)) hours", "\(FigureText.difference(late.amount)) invoiced",
        ]
        if late.jobCosts != 0 { figures.append("\(FigureText.difference(late.jobCosts)) job costs") }
        if late.hasUnknownAmount { figures.append("an unknown amount") }
        return "\(Self.count(late.records, "late change")) in \(shown)\(more): \(figures.joined(separator: ", ")): "
            + "\"inflow report late_changes --connection \(connection)\""
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(Console.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
