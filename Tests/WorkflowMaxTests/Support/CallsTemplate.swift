import TestSupport
import Warehouse

extension TestTemplate {
    /// A warehouse at this binary's schema, for tests whose calls are limited.
    static let calls = TestTemplate(name: "calls") { url in
        _ = try await Migrator(Warehouse(url: url)).migrate()
    }
}
