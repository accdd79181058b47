import Foundation
import Testing

@testable import Inflow

@Suite("The brake on rows that vanish from records")
struct PerParentBrakeTests {
    private static var brake: PerParentBrake {
        var settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
        (settings.brakeRows, settings.brakePercent, settings.brakeRunRows) = (5, 10, 100)
        return PerParentBrake(settings)
    }

    private static func losses(
        _ count: Int, missing: Int, of rows: Int, isEmptied: Bool = false, hasChanged: Bool = false
    ) -> [ParentLoss] {
        (0..<count).map {
            ParentLoss(parent: "J\($0)", rows: rows, missing: missing, isEmptied: isEmptied, hasChanged: hasChanged)
        }
    }

    @Test("Rows of records that did not change: more than brake-rows and more than brake-percent of what was read")
    func unchanged() {
        let brake = Self.brake
        #expect(brake.reasonToHold(Self.losses(5, missing: 1, of: 4), rowsRead: 20) == nil, "five rows")
        #expect(brake.reasonToHold(Self.losses(6, missing: 1, of: 4), rowsRead: 60) == nil, "ten percent")
        #expect(
            brake.reasonToHold(Self.losses(6, missing: 1, of: 4), rowsRead: 59)
                == "6 of 59 rows vanished from records that had not changed")
        #expect(brake.reasonToHold(Self.losses(6, missing: 1, of: 4, hasChanged: true), rowsRead: 59) == nil)
    }

    @Test("One record that did not change and loses much is held, however much the others hold")
    func one() {
        let brake = Self.brake
        #expect(
            brake.reasonToHold(Self.losses(1, missing: 6, of: 12), rowsRead: 10_000)
                == "6 of 12 rows vanished from J0, which had not changed")
        #expect(brake.reasonToHold(Self.losses(1, missing: 6, of: 12, hasChanged: true), rowsRead: 10_000) == nil)
        #expect(brake.reasonToHold(Self.losses(1, missing: 6, of: 60), rowsRead: 10_000) == nil)
    }

    @Test("More than five records that lose all are held, changed or not")
    func emptied() {
        let brake = Self.brake
        #expect(
            brake.reasonToHold(Self.losses(5, missing: 1, of: 1, isEmptied: true, hasChanged: true), rowsRead: 9) == nil
        )
        #expect(
            brake.reasonToHold(Self.losses(6, missing: 1, of: 1, isEmptied: true, hasChanged: true), rowsRead: 9)
                == "6 records lost all their rows in one run, and Inflow marks those of up to 5 unasked")
    }

    @Test("10.B7 All entities together: more than brake-run-rows in a run, or brake-week-rows in seven days")
    func run() {
        #expect(Self.brake.reasonToHold(all: 100, marked: 0) == nil)
        #expect(
            Self.brake.reasonToHold(all: 101, marked: 0)
                == "the run would have marked 101 rows, and the setting brake-run-rows allows 100")
        #expect(Self.brake.reasonToHold(all: 100, marked: 200) == nil)
        #expect(Self.brake.reasonToHold(all: 0, marked: 2_000) == nil)
        #expect(
            Self.brake.reasonToHold(all: 100, marked: 201)
                == "201 rows were marked in seven days and 100 more are missing; the setting brake-week-rows allows 300"
        )
    }
}
