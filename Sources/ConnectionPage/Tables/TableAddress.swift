internal import Foundation

/// Addresses of tables and records of one connection, with their questions.
struct TableAddress {
    /// The most conditions of a question.
    static let mostFilters = 8
    /// The most rows that a view can be paged past.
    static let mostSkipped = 1_000_000

    let connection: String

    /// The page of a record.
    func record(_ entity: String, _ key: String) -> String {
        "\(Address.connection(connection))/records/\(Address.part(entity))/\(Address.part(key))"
    }

    /// The page of a table with a question, or its CSV.
    func table(_ question: TableQuestion, csv: Bool = false) -> String {
        let base = "\(Address.connection(connection))/tables/\(Address.part(question.relation))\(csv ? "/csv" : "")"
        let text = TableAddress.text(question)
        return text.isEmpty ? base : "\(base)?\(text)"
    }

    /// The page of a table with conditions.
    func table(_ relation: String, _ filters: [TableFilter]) -> String {
        var question = TableQuestion(relation)
        question.filters = filters
        return table(question)
    }

    /// The page of a record, or of the record a row's column names; `nil` where it names none.
    func named(by column: String, _ value: String?) -> String? {
        guard let value, !value.isEmpty, let entity = RecordReferences.entity(of: column) else { return nil }
        return record(entity, value)
    }

    private static func text(_ question: TableQuestion) -> String {
        var fields: [(String, String)] = []
        for (place, filter) in question.filters.enumerated() {
            fields.append(("c\(place + 1)", filter.column))
            fields.append(("o\(place + 1)", filter.comparison.rawValue))
            if filter.comparison.needsValue { fields.append(("v\(place + 1)", filter.value)) }
        }
        if let sort = question.sort { fields.append(("sort", sort)) }
        if question.isDescending { fields.append(("order", "down")) }
        if let before = question.before {
            fields.append(("before", before))
        } else if let after = question.after {
            fields.append(("after", after))
        }
        if question.skipped > 0 { fields.append(("skip", String(question.skipped))) }
        return fields.map { "\($0)=\(Address.part($1))" }.joined(separator: "&")
    }

    /// The question that an address asks of a table; what is no condition is left out.
    static func question(_ relation: String, _ form: Form) -> TableQuestion {
        var question = TableQuestion(relation)
        for place in 1...mostFilters {
            guard let column = form["c\(place)"], let word = form["o\(place)"],
                let comparison = TableComparison(rawValue: word)
            else { continue }
            let value = form["v\(place)"] ?? ""
            // A row of the form that was left empty is no condition.
            if comparison.needsValue, value.isEmpty { continue }
            question.filters.append(TableFilter(column, comparison, value))
        }
        question.sort = form["sort"]
        question.isDescending = form["order"] == "down"
        question.after = form.raw("after").flatMap { $0.isEmpty ? nil : $0 }
        question.before = form.raw("before").flatMap { $0.isEmpty ? nil : $0 }
        question.skipped = min(mostSkipped, max(0, form["skip"].flatMap { Int($0) } ?? 0))
        return question
    }
}
