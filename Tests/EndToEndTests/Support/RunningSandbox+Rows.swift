import Curl
import Foundation
import Inflow
import Testing

/// A row as the sandbox says it must be.
struct ExpectedRow: Decodable, Sendable {
    struct Lines: Decodable, Sendable {
        var count: Int
        var sums: [String: String]
    }

    var key: String
    var isDraft: Bool
    var fields: [String: String]
    var lines: [String: Lines]

    /// Whether it is an invoice that the platform calls paid, with task lines.
    var isPaidWithTasks: Bool { isPaid && (lines["invoice_task"]?.count ?? 0) > 0 }
    /// Whether it is an invoice that the platform calls paid.
    var isPaid: Bool { fields["Status"] == "Paid" }
    /// Whether it is a job that the platform calls completed: no list of open jobs has it.
    var isCompleted: Bool { fields["State"] == "Completed" }
    /// Whether it is a cost with a unit cost.
    var hasUnitCost: Bool { fields["UnitCost"]?.isEmpty == false }
    /// Whether it has a name.
    var isNamed: Bool { fields["Name"]?.isEmpty == false }
    /// Whether it is a time entry that no invoice bills.
    var isUnbilled: Bool { fields["InvoiceTaskUUID"]?.isEmpty ?? true }

    private enum CodingKeys: String, CodingKey {
        case key, fields, lines
        case isDraft = "is_draft"
    }
}

extension RunningSandbox {
    /// Every row of an entity, drafts included, of a window if one is given.
    func rows(_ entity: String, in window: Window? = nil) async throws -> [ExpectedRow] {
        struct Told: Decodable { var rows: [ExpectedRow] }
        let span = window.map { "&from=\($0.from)&to=\($0.last)" } ?? ""
        let answer = try await control(.get, "truth/\(entity)?rows=true&drafts=with\(span)")
        return try JSONDecoder().decode(Told.self, from: answer).rows
    }

    /// The rows of an entity that are issued and of a kind, ordered by key; fails the test where there is none.
    func rows(
        _ entity: String, in window: Window? = nil, where isWanted: (ExpectedRow) -> Bool,
        location: SourceLocation = #_sourceLocation
    ) async throws -> [ExpectedRow] {
        let found = try await rows(entity, in: window).filter { !$0.isDraft && isWanted($0) }.sorted { $0.key < $1.key }
        try #require(!found.isEmpty, "the sandbox holds no such \(entity)", sourceLocation: location)
        return found
    }

    /// The first row of an entity, by key, that is issued and of a kind; fails the test where there is none.
    func row(
        _ entity: String, in window: Window? = nil, where isWanted: (ExpectedRow) -> Bool,
        location: SourceLocation = #_sourceLocation
    ) async throws -> ExpectedRow {
        try await rows(entity, in: window, where: isWanted, location: location)[0]
    }

    /// Random edits; each as a line of JSON.
    func mutate(seed: UInt64, count: Int) async throws -> [String] {
        let lines = try await control(.post, "mutate?seed=\(seed)&count=\(count)")
        return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Brings a document into a state, with the amounts and days that go with it.
    func mark(_ entity: String, _ key: String, _ state: String) async throws {
        try await control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","mark":"\#(state)"}"#)
    }

    /// Takes a row out of every answer, or brings it back.
    func delete(_ entity: String, _ key: String, _ isDeleted: Bool = true) async throws {
        try await control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","delete":\#(isDeleted)}"#)
    }

    /// The kinds of the faults that happened since the log was cleared.
    func happened() async throws -> Set<String> {
        Set(try await log().compactMap(\.fault))
    }
}
