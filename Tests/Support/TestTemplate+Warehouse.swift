import Warehouse

extension TestTemplate {
    /// A warehouse at this binary's schema, without a connection.
    public static let warehouse = TestTemplate(name: "warehouse") { url in
        _ = try await Migrator(Warehouse(url: url)).migrate()
    }
}
