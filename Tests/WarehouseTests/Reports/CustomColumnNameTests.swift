import Testing

@testable import Warehouse

@Suite("13.3 Names of columns for own fields")
struct CustomColumnNameTests {
    @Test(
        "They are of small letters, digits and underscores, and of at most 63 bytes",
        arguments: [
            ("Region", "region"), ("  Risk level (1–5) ", "risk_level_1_5"), ("Größe/Höhe", "grosse_hohe"),
            ("Café Ort", "cafe_ort"), ("2nd contact", "f_2nd_contact"), ("Order", "order_field"),
            ("現場", "field_ab12cd34"),
            ("", "field_ab12cd34"), ("name", "name_2"), ("__x__", "x"),
        ])
    func plain(field: String, wanted: String) {
        let name = CustomColumnName.make(
            for: field, identifier: "AB12-CD34-ef", taken: ["name", "uuid"], words: ["order", "select"])
        #expect(name == wanted)
    }

    @Test("Long names are cut, and equal ones get a number")
    func unique() {
        var taken: Set<String> = []
        for number in 1...300 {
            let name = CustomColumnName.make(
                for: String(repeating: "Long name ", count: 12), identifier: "i\(number)", taken: taken, words: [])
            #expect(name.utf8.count <= 63 && taken.insert(name).inserted)
        }
        #expect(CustomColumnName.schema(for: "Müller & Co", number: 7, taken: []) == "custom_muller_co")
        #expect(
            CustomColumnName.schema(for: "Müller, Co", number: 8, taken: ["custom_muller_co"]) == "custom_muller_co_8")
        #expect(CustomColumnName.schema(for: "現場", number: 9, taken: []) == "custom_9")
        #expect(CustomColumnName.schema(for: "2026", number: 9, taken: []) == "custom_2026")
    }
}
