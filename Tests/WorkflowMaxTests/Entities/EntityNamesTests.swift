import Foundation
import Inflow
import Testing
import WorkflowMax

@Suite("Entities by the names people give them")
struct EntityNamesTests {
    private func refusal(_ name: String) -> String? {
        do throws(RunPlan.Refusal) {
            _ = try WorkflowMax.entityNames.find(name)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("Every entity is found by its name in any case, as a plural, with blanks and with hyphens")
    func spellings() throws {
        for entity in WorkflowMax.entities {
            let name = entity.name
            let plural = name.hasSuffix("y") ? name.dropLast() + "ies" : name + (name.hasSuffix("s") ? "es" : "s")
            for text in [
                name, name.uppercased(), plural, name.replacing("_", with: " "), name.replacing("_", with: "-"),
                name.replacing("_", with: "").capitalized, "  \(plural.replacing("_", with: " ").capitalized) ",
            ] {
                #expect(try WorkflowMax.entityNames.find(text).name == name, "\(text)")
            }
        }
    }

    @Test(
        "Synonyms stand for their entity",
        arguments: [
            ("time", "timesheet"), ("Time Entries", "timesheet"), ("po", "purchase_order"), ("POs", "purchase_order"),
            ("orders", "purchase_order"), ("payments", "invoice_payment"), ("categories", "job_category"),
            ("customers", "client"),
        ])
    func synonyms(text: String, name: String) throws {
        #expect(try WorkflowMax.entityNames.find(text).name == name)
    }

    @Test("A synonym stands for entities that exist, and is the name of none")
    func synonymsExist() throws {
        for entity in WorkflowMax.entities {
            #expect(try WorkflowMax.entityNames.find(entity.name).name == entity.name)
        }
    }

    @Test("Names of one entity count once, in the order given")
    func several() throws {
        let found = try WorkflowMax.entityNames.find(["time", "invoice", "Timesheets"]).map(\.name)
        #expect(found == ["timesheet", "invoice"])
    }

    @Test("A name that means several entities is an error with their names")
    func ambiguous() throws {
        let words = try #require(refusal("contacts"))
        #expect(words.contains("means several entities: contact_custom_field, supplier_contact_custom_field."))
    }

    @Test(
        "A typing error is answered with what was meant",
        arguments: [
            ("invocie", "invoice"), ("timeshet", "timesheet"), ("purchaseorde", "purchase_order"), ("klient", "client"),
        ])
    func near(text: String, name: String) throws {
        #expect(try #require(refusal(text)).contains("Did you mean \(name)?"))
    }

    @Test("What is like no name is answered with all of them", arguments: ["spanner", "", "*"])
    func unknown(text: String) throws {
        let words = try #require(refusal(text))
        #expect(words.contains("The entities are: client, ") && !words.contains("Did you mean"), "\(words)")
    }
}
