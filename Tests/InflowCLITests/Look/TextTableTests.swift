import Testing

@testable import InflowCLI

@Suite("Tables as text")
struct TextTableTests {
    private let headings = ["entity", "pulled", "rejected", "why"]
    private let rows = [
        ["invoice", "1,204", "0", "a long reason that goes on and on until it needs more than one line"],
        ["job", "7", "0", "short"],
    ]

    @Test("A table that fits is left as it is; numbers stand at the right")
    func wide() {
        let lines = TextTable(headings, rows).lines(fitting: 120)
        #expect(lines[0].hasPrefix("entity   pulled  rejected  why"))
        #expect(lines[3] == "job           7         0  short")
    }

    @Test("Columns of zeros go first, then words wrap")
    func narrower() {
        #expect(
            TextTable(headings, rows).lines(fitting: 50) == [
                "entity   pulled  why",
                "-------  ------  ---------------------------------",
                "invoice   1,204  a long reason that goes on and on",
                "                 until it needs more than one line",
                "job           7  short",
            ])
    }

    @Test("Names of entities wrap after an underscore")
    func names() {
        let lines = TextTable(["entity", "pulled"], [["supplier_contact_custom_field", "1"]]).lines(fitting: 26)
        #expect(lines[2...] == ["supplier_contact_        1", "custom_field"])
    }

    @Test("Where words do not fit either, each row is a block, and nothing is cut")
    func blocks() {
        let key = "0f0e0d0c-0b0a-4908-8706-050403020100"
        #expect(
            TextTable(["key", "text"], [[key, "x"], [key, "y"]]).lines(fitting: 30) == [
                "key   \(key)", "text  x", "", "key   \(key)", "text  y",
            ])
    }

    @Test("No table of words is wider than it may be", arguments: 40...100)
    func fits(columns: Int) {
        for line in TextTable(headings, rows).lines(fitting: columns) { #expect(line.count <= columns) }
    }

    @Test(
        "Sizes are rounded for a person",
        arguments: [
            (0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (1_249_000_000, "1.2 GB"), (999_600, "1.0 MB"),
            (42_000_000, "42 MB"),
        ])
    func sizes(bytes: Int, words: String) {
        #expect(Console.bytes(bytes) == words)
    }
}
