/// Names of entities as a person reads them.
enum EntityWords {
    private static let irregular = [
        "staff": "Staff", "job_category": "Job categories", "job_status": "Job states", "timesheet": "Timesheets",
        "custom_field": "Custom fields",
    ]

    /// `purchase_order` becomes `Purchase order`.
    static func singular(_ entity: String) -> String {
        let words = entity.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// `purchase_order` becomes `Purchase orders`.
    static func plural(_ entity: String) -> String {
        if let words = irregular[entity] { return words }
        let words = entity.split(separator: "_").joined(separator: " ")
        guard let first = words.first else { return entity }
        return first.uppercased() + words.dropFirst() + (words.hasSuffix("s") ? "" : "s")
    }
}
