import Foundation
import Inflow
import Testing
import Warehouse

@testable import InflowCLI

@Suite("Closed months in words")
struct ClosedMonthsTests {
    @Test(
        "Figures have two decimals, a sign where they differ, and a dash where they are not known",
        arguments: [
            ("1234567.5", "1,234,567.50", "+1,234,567.50"), ("-1234.005", "-1,234.01", "-1,234.01"),
            ("0.004", "0.00", "0.00"), ("-0.004", "0.00", "0.00"), ("0", "0.00", "0.00"), ("0.05", "0.05", "+0.05"),
            ("", "–", "–"),
        ])
    func figures(_ figure: String, _ text: String, _ difference: String) {
        #expect(FigureText.text(Decimal(string: figure)) == text)
        #expect(FigureText.difference(Decimal(string: figure)) == difference)
    }

    @Test(
        "A month is written 2026-06 or last-month; a day, a year and other words are none",
        arguments: [
            ("2026-06", true), ("last-month", true), ("this-month", true), ("2026-06-01", false), ("2026", false),
            ("today", false), ("last-year", false), ("2026-13", false), ("June", false),
        ])
    func month(_ text: String, _ isMonth: Bool) {
        #expect((Month(argument: text) != nil) == isMonth)
    }

    private func late(
        _ records: Int, hours: Decimal = 0, amount: Decimal = 0, costs: Decimal = 0, unknown: Bool = false
    )
        -> Closing.LateChanges
    {
        Closing.LateChanges(
            records: records, hours: hours, amount: amount, jobCosts: costs, hasUnknownAmount: unknown)
    }

    @Test(
        "The status says how many records of how many months changed and by how much, and nothing where none is closed")
    func status() {
        #expect(ClosedMonths(closed: 0, changed: [], late(0)).line("acme") == nil)
        #expect(ClosedMonths(closed: 2, changed: [], late(0)).line("acme") == "2 months, nothing changed in them since")
        #expect(
            ClosedMonths(closed: 5, changed: ["2026-06"], late(1, hours: 1.5, amount: -120)).line("acme")
                == "1 late change in 2026-06: +1.50 hours, -120.00 invoiced: "
                + "\"inflow report late_changes --connection acme\"")
        let many = ClosedMonths(
            closed: 5, changed: ["2026-06", "2026-05", "2026-04", "2026-02"], late(1_200, costs: 3, unknown: true)
        ).line("acme")
        #expect(
            many?.hasPrefix(
                "1,200 late changes in 2026-06, 2026-05, 2026-04 and 1 more: 0.00 hours, 0.00 invoiced, +3.00 job costs, "
                    + "an unknown amount: ") == true, "\(many ?? "nothing")")
    }
}
