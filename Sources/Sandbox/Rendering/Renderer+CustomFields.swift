/// Custom field definitions and values (reference 6.9).
extension Renderer {
    /// Writes a custom field's definition, as `customfield.api/definition` answers it.
    func definition(_ w: inout XMLWriter, _ index: Int) {
        let row = sample.customFields[index]
        w.openRow("CustomFieldDefinition", edit: edits.edit(.customField, index))
        w.id("UUID", sample.id(.customField, index))
        w.text("Name", row.name)
        w.text("Type", row.type)
        w.text("LinkUrl", row.type == "Value Link" ? "https://drive.example.invalid/?folder=[value]&view=1" : "")
        w.text("Options", row.options)
        w.bool("UseClient", row.uses.contains(.client))
        w.bool("UseContact", row.uses.contains(.contact))
        w.bool("UseSupplier", row.uses.contains(.supplier))
        w.bool("UseJob", row.uses.contains(.job))
        w.bool("UseLead", row.uses.contains(.lead))
        w.bool("UseJobTask", row.uses.contains(.jobTask))
        w.bool("UseJobCost", row.uses.contains(.jobCost))
        w.bool("UseJobTime", row.uses.contains(.jobTime))
        if row.uses.contains(.quote) || index % 2 == 0 { w.bool("UseQuote", row.uses.contains(.quote)) }
        if let isMandatory = row.isMandatory { w.bool("Mandatory", isMandatory) }
        w.plain("ValueElement", row.valueElement)
        w.close("CustomFieldDefinition")
    }

    /// The positions of the definitions that have a value on a row.
    func customFields(of kind: RowKind, _ index: Int, use: FieldUse) -> [Int] {
        sample.customFields.indices.filter { position in
            guard sample.customFields[position].uses.contains(use) else { return false }
            if let edited = edits.value(FieldPlace(kind: kind, index: index, position: position)) {
                return edited != nil
            }
            let salt = SeededGenerator.mix(sample.id(kind, index).low &+ UInt64(position))
            return sample.customFields[position].isMandatory == true || salt % 10 < 6
        }
    }

    /// A value of the definition at `position` on a row.
    func customValue(_ w: inout XMLWriter, kind: RowKind, _ index: Int, position: Int) {
        let row = sample.customFields[position]
        let salt = Int(truncatingIfNeeded: SeededGenerator.mix(sample.id(kind, index).high &+ UInt64(position)) >> 40)
        w.open("CustomField")
        w.id("UUID", sample.id(.customField, position))
        w.text("Name", row.name)
        if let edited = edits.value(FieldPlace(kind: kind, index: index, position: position)), let text = edited {
            w.text(row.valueElement, text)
            return w.close("CustomField")
        }
        switch row.type {
        case "Date": w.date("Date", Int32(sample.firstDay.number + salt % 1000))
        case "Number": w.integer("Number", salt % 40)
        case "Decimal": w.money("Decimal", Money(units: Int64(salt % 9_000_000)))
        case "Checkbox": w.bool("Boolean", true)
        case "Dropdown List": w.text("Text", ["Low", "Medium", "High"][salt % 3])
        case "Multi-line Text": w.text("Text", "No shellfish\nand <nothing> with nuts & seeds")
        default: w.text("Text", "Value \(salt % 500)")
        }
        w.close("CustomField")
    }
}
