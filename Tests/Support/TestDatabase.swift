public import Testing

/// A database of its own for one test.
public struct TestDatabase: Sendable {
    /// The database's name.
    public let name: String
    /// The libpq URL that leads to it.
    public let url: String

    @TaskLocal fileprivate static var bound: TestDatabase?

    /// The database of the test that is running.
    ///
    /// - Throws: if the test does not have the ``DatabaseTrait``.
    public static var current: TestDatabase {
        get throws {
            guard let bound else { throw NoTestDatabase() }
            return bound
        }
    }
}

/// A test asked for its database without having the trait `.database`.
public struct NoTestDatabase: Error, CustomStringConvertible {
    /// What to write.
    public var description: String { "This test has no database: write @Test(\"…\", .database)." }
}

/// What a test's database is a copy of: made once in a test process and then cloned.
public struct TestTemplate: Sendable {
    /// What tells it from others.
    public let name: String
    /// Fills an empty database; it must leave no connection open.
    public let make: @Sendable (_ url: String) async throws -> Void

    /// Describes a template.
    ///
    /// - Parameters:
    ///   - name: what tells it from others.
    ///   - make: fills an empty database, given its URL; it must leave no connection open.
    public init(name: String, make: @escaping @Sendable (_ url: String) async throws -> Void) {
        self.name = name
        self.make = make
    }
}

/// Gives each test, and each case of a test with arguments, a fresh database in ``TestDatabase/current``.
public struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    let template: TestTemplate?

    /// Applied to a suite, it is each test's that gets a database.
    public var isRecursive: Bool { true }

    /// Makes the database, runs the test and drops the database.
    ///
    /// - Parameters:
    ///   - test: the test.
    ///   - testCase: the case; nil for a suite or a whole test, which get none.
    ///   - function: runs the test.
    /// - Throws: what the test throws, or what the database cannot be made or dropped with.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let cluster = TestCluster.shared
        var name: String?
        if let template { name = try await cluster.template(named: template.name, make: template.make) }
        let database = try await cluster.database(from: name)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await TestDatabase.$bound.withValue(database) { try await function() })
        } catch {
            outcome = .failure(error)
        }
        try await cluster.drop(database)
        try outcome.get()
    }
}

extension Trait where Self == DatabaseTrait {
    /// An empty database for each test.
    public static var database: Self { DatabaseTrait(template: nil) }

    /// A copy of a template for each test.
    ///
    /// - Parameter template: what to copy.
    /// - Returns: the trait.
    public static func database(_ template: TestTemplate) -> Self { DatabaseTrait(template: template) }
}
