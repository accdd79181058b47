import Testing

@testable import Inflow

/// What the definition does not name stays in the row's `extra`, whole, and is noted once.
@Suite("What the definition does not name")
struct ExtraTests {
    private let entity = EntityDefinition.thing(
        columns: [
            .text("uuid", at: "UUID", presence: .required), .text("name", at: "Client/Name"),
            .money("amount", at: "Amount"),
        ],
        children: [
            Child(
                at: "Lines/Line", table: "t.line", key: ["thing_uuid", "position"], summary: "A line.",
                columns: [.parent("thing_uuid", "uuid"), .position(), .text("text", at: "Text")])
        ])

    private func extra(_ body: String) -> String {
        Shaped(entity, "Thing\n  UUID: a\n" + body).extras()[0]
    }

    @Test("An unknown element is kept by its name as first spelt, an unknown attribute by @ and its name")
    func leaves() {
        #expect(extra("  Colour: red\n  @rev: 3") == #"{"@rev":"3","Colour":"red"}"#)
    }

    @Test("An empty unknown element is nothing, at any depth")
    func emptyOnes() {
        #expect(extra("  Colour:\n  Frame\n    Width:\n    Inner\n      Deep:") == "∅")
    }

    @Test("An unknown element beside known ones is kept by its path")
    func nestedPath() {
        #expect(extra("  Client\n    Name: n\n    Code: 7") == #"{"Client/Code":"7"}"#)
    }

    @Test("An unknown subtree is kept as an object, with repeated elements as arrays and own text as #text")
    func subtree() {
        let body = """
              Frame: own
                @unit: mm
                Width: 10
                Hole
                  At: 1
                Hole
                  At: 2
            """
        #expect(
            extra(body) == ##"{"Frame":{"#text":"own","@unit":"mm","Hole":[{"At":"1"},{"At":"2"}],"Width":"10"}}"##)
    }

    @Test("A known element that comes again is kept: the first counts, the others go to extra in their order")
    func repeated() {
        let shaped = Shaped(entity, "Thing\n  UUID: a\n  Amount: 1.00\n  Amount: 2.00\n  Amount: 3.00")
        #expect(shaped.rows() == [#"a | ∅ | 1 | {"Amount":["2.00","3.00"]}"#])
        #expect(shaped.drift == [#"t.thing Amount = "2.00""#])
    }

    @Test("Text in an element that holds others is kept beside them")
    func mixed() {
        #expect(extra("  Client: loose\n    Name: n") == ##"{"Client/#text":"loose"}"##)
    }

    @Test("What stands in a line belongs to the line")
    func inLine() {
        let shaped = Shaped(
            entity,
            """
            Thing
              UUID: a
              Lines
                Note: of all lines
                Line
                  Text: x
                  Colour: red
                Line
                  Text: y
            """)
        #expect(shaped.rows() == [#"a | ∅ | ∅ | {"Lines/Note":"of all lines"}"#])
        #expect(shaped.rows(1) == [#"a | 1 | x | {"Colour":"red"}"#, "a | 2 | y | ∅"])
        #expect(shaped.drift == [#"t.line Colour = "red""#, #"t.thing Lines/Note = "of all lines""#])
    }

    @Test("Drift is noted once per table and path, its example cut after 200 characters")
    func noted() {
        let long = String(repeating: "x", count: 500)
        let shaped = Shaped(
            entity, "Thing\n  UUID: a\n  Colour: \(long)\nThing\n  UUID: b\n  Colour: blue\n  Shape: round")
        #expect(shaped.result.drift.map(\.path) == ["Colour", "Shape"])
        #expect(shaped.result.drift[0].example.count == 200)
        #expect(shaped.extras() == [#"{"Colour":"\#(long)"}"#, #"{"Colour":"blue","Shape":"round"}"#])
    }

    @Test("Extra is the same whatever order the elements come in")
    func canonical() {
        let one = extra("  Zeta: 1\n  alpha: 2\n  Beta: 3\n  ä: 4")
        #expect(one == extra("  ä: 4\n  Beta: 3\n  alpha: 2\n  Zeta: 1"))
        #expect(one == #"{"Beta":"3","Zeta":"1","alpha":"2","ä":"4"}"#)
    }

    @Test("Text of extra is valid JSON whatever it holds")
    func escapes() {
        #expect(extra("  Note: a\"b\\c\\nd\te\u{1}é") == #"{"Note":"a\"b\\c\nd\te\u0001é"}"#)
    }
}

@Suite("CanonicalJSON")
struct CanonicalJSONTests {
    @Test(
        "A string literal escapes what JSON must and nothing else",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{1}\u{1F}", #""\u0001\u001f""#), ("/é😀\u{7F}", "\"/é😀\u{7F}\""), ("a\u{0}b", "\"a\u{FFFD}b\""),
        ])
    func literals(_ text: String, _ expected: String) {
        #expect(CanonicalJSON.string(text) == expected)
    }

    @Test("Keys are ordered by their bytes, several values become an array")
    func objects() {
        #expect(CanonicalJSON.object([:]) == "{}")
        #expect(
            CanonicalJSON.object(["b": ["1"], "a": ["2", "3"], "B": ["4"], "é": ["5"], "z": ["6"]])
                == #"{"B":4,"a":[2,3],"b":1,"z":6,"é":5}"#)
    }
}
