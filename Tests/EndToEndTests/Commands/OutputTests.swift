import TestSupport
import Testing

/// Output that nobody takes.
@Suite("Output that cannot be written", .database(.warehouse), .timeLimit(.minutes(5)))
struct OutputTests {
    @Test(
        "A result that a full disk does not take is no success",
        arguments: [["status"], ["status", "--json"], ["sync", "acme", "staff"], ["--help"], ["entities"]])
    func fullDisk(arguments: [String]) async throws {
        try await InflowFixture.run { fixture in
            let ending = try await fixture.start(arguments, shell: "\"$@\" > /dev/full").ending()
            #expect(ending.code == 1, "\(ending)")
            #expect(ending.error.contains("could not write all of its result"), "\(ending)")
        }
    }

    @Test("A reader that has seen enough ends neither the run nor its record", arguments: ["", " 2>&1"])
    func closedPipe(further: String) async throws {
        try await InflowFixture.run { fixture in
            // The reader ends before the first line of the run; the signal is what it is for a shell of a person.
            let shell = "env --default-signal=PIPE \"$@\"\(further) | true; exit ${PIPESTATUS[0]}"
            let ending = try await fixture.start(["sync", "acme", "staff", "task"], shell: shell).ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(
                InflowFixture.rows(try await fixture.query("select status from inflow.run")) == ["green"])
        }
    }
}
