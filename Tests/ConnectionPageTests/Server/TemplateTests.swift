import Testing

@testable import ConnectionPage

@Suite("Templates")
struct TemplateTests {
    /// What goes into a page as it is: parts that Inflow made of templates, and tables of cells that were escaped.
    private static let made: Set<String> = [
        "backfill-state: runPart", "backfill: state", "charts: rows", "connection: banners", "connection: counts",
        "connection: live", "connection: scheduleFacts", "dictionary: contents", "dictionary: sections", "query: rows",
        "record: rows", "report-settings: rows", "table: rows",
    ]

    @Test("Every other value is escaped; none is script, style or the address of another site")
    func escaped() throws {
        #expect(embeddedTemplates.count > 30)
        var found: Set<String> = []
        for (name, text) in embeddedTemplates {
            for match in text.matches(of: /\{\{(?:\{|\s*&)\s*([^}\s]+)/) { found.insert("\(name): \(match.1)") }
            // Escaping makes a value text and an attribute's value, not a program: none stands where one would run.
            let inside = text.matches(of: /<(?:script|style)[^>]*>([^<]*)/).map { String($0.1) }
            #expect(inside.joined().isEmpty, "\(name) has a script or style of its own")
            #expect(text.firstMatch(of: /\s(?:on[a-z]+|style)\s*=/) == nil, "\(name) has one in an attribute")
            #expect(text.firstMatch(of: /="[^"]*javascript:/) == nil, "\(name)")
            // A value without quotation marks could end its attribute with a blank.
            #expect(text.firstMatch(of: /<[a-z][^>]*=\{\{/) == nil, "\(name) has an attribute without quotation marks")
            #expect(text.firstMatch(of: /(?:src|href|action)="(?:https?:)?\/\//) == nil, "\(name) leads elsewhere")
        }
        #expect(found == Self.made)
    }
}
