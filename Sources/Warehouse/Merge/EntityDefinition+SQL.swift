internal import Inflow

/// What several statements say of an entity's rows in the same words.
extension EntityDefinition {
    /// The column of the record's date, by which a span is asked for.
    var dateColumn: Column? {
        guard case .span(let rule) = window else { return nil }
        return columns.first { $0.name == rule.column }
    }

    /// The local day of a row; nil where the entity has no dates.
    ///
    /// `zone` is the parameter that names the zone.
    func localDay(_ row: String = "t", zone: String) -> String? {
        guard let column = dateColumn else { return nil }
        let name = "\(row).\(quoted(column.name))"
        return column.kind == .date ? name : "(\(name) at time zone \(zone)::text)::date"
    }
}
