import Inflow
import Testing
import WorkflowMax

@testable import Sync

@Suite("Elements around the records that Inflow does not know")
struct UnknownElementTests {
    @Test("10.C13: one that holds elements makes the run a warning; a single value is only noted")
    func warning() throws {
        let entity = try #require(WorkflowMax.entities.first { $0.name == "timesheet" })
        var outcome = ChunkOutcome()
        outcome.count(
            ShapedBatch().noting(["WebUrl": "https://x.example", "ArchivedTimes/Time/UUID": "1"], around: entity))
        #expect(outcome.drift == ["wfm.timesheet ../WebUrl", "wfm.timesheet ../ArchivedTimes/Time/UUID"])
        #expect(outcome.warnings.count == 1)
        #expect(outcome.warnings.first?.contains("ArchivedTimes/Time/UUID") == true)
    }

    @Test("10.C13: a part whose answers held what may be a record is a warning, even where nothing else says so")
    func outside() {
        var part = EntityResult("timesheet", plannedChunks: 1)
        #expect(!part.isWarning && part.status == .green)
        part.tally.outside = 1
        #expect(part.isWarning && part.status == .warnings)
    }
}
