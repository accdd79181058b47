internal import Foundation
internal import Hummingbird
internal import Inflow

/// Which months of which entity have been read: a map of coloured cells, each with its facts.
struct CoveragePage: Sendable {
    let services: PageServices
    let pages: Pages
    let now: Now

    private struct Content {
        let years: [Year]
        let months: [Month]
        let rows: [Row]
        let lists: [List]
        let isEmpty: Bool
        let address: String
        let chosen: Chosen?
    }

    /// A calendar year, above its twelve months.
    private struct Year {
        let year: Int
    }

    private struct Month {
        let initial: String
        let name: String
    }

    private struct Row {
        let words: String
        let cells: [Cell]
    }

    private struct Cell {
        let isKnown: Bool
        let mark: String
        let status: String
        let words: String
        let address: String
    }

    private struct List {
        let words: String
        let status: String
        let tone: String
        let facts: String
    }

    /// The cell that a person clicked.
    private struct Chosen {
        let title: String
        let facts: [Fact]
        let from: String
        let to: String
        let entity: String
        let syncAddress: String
        let mayOperate: Bool
    }

    private struct Fact {
        let name: String
        let value: String
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/coverage") { asked in
            let name = try asked.named()
            let facts = try await services.completeness.coverage(of: name)
            return try pages.page(
                "coverage", title: "\(name): coverage", content(facts, name, asked), for: asked, tab: .coverage)
        }
    }

    private func content(_ facts: CoverageFacts, _ name: String, _ asked: PageRequest) -> Content {
        let address = Address.connection(name) + "/coverage"
        let dated = facts.cells.compactMap { cell in cell.month.map { (month: $0, cell: cell) } }
        let entities = facts.catalogue.filter { entity in dated.contains { $0.cell.entity == entity } }
        // The newest year first, so that the months people look at need no scrolling.
        let years = Set(dated.map { $0.month.components.year }).sorted(by: >)
        let cells = Dictionary(
            dated.map { ("\($0.cell.entity) \($0.month)", $0.cell) }, uniquingKeysWith: { first, _ in first })
        let rows = entities.map { entity in
            Row(
                words: EntityWords.plural(entity),
                cells: years.flatMap { year in
                    (1...12).map { month in
                        let first = LocalDate(year: year, month: month, day: 1)
                        return cell(
                            first.flatMap { cells["\(entity) \($0)"] }, entity, year, month, facts.zone, address)
                    }
                })
        }
        let months = years.flatMap { year in
            Self.months.map { Month(initial: String($0.prefix(1)), name: "\($0) \(year)") }
        }
        let lists = facts.cells.filter { $0.month == nil }.map { cell in
            List(
                words: EntityWords.plural(cell.entity), status: words(cell.status), tone: tone(cell.status).rawValue,
                facts: self.facts(cell, facts.zone).map { "\($0.name): \($0.value)" }.joined(separator: ". "))
        }
        return Content(
            years: years.map { Year(year: $0) }, months: months, rows: rows, lists: lists, isEmpty: facts.cells.isEmpty,
            address: address,
            chosen: chosen(facts, name, asked))
    }

    private func cell(
        _ cell: CoverageFacts.Cell?, _ entity: String, _ year: Int, _ month: Int, _ zone: TimeZone, _ address: String
    ) -> Cell {
        let title = "\(EntityWords.plural(entity)), \(Self.months[month - 1]) \(year)"
        guard let cell else {
            return Cell(isKnown: false, mark: "", status: "unread", words: "\(title): never asked for", address: "")
        }
        let twoDigits = month < 10 ? "0\(month)" : "\(month)"
        return Cell(
            isKnown: true, mark: String(cell.status.mark), status: cell.status.rawValue,
            words: "\(title): \(words(cell.status))",
            address: "\(address)?entity=\(Address.part(entity))&month=\(year)-\(twoDigits)#chosen")
    }

    private func chosen(_ facts: CoverageFacts, _ name: String, _ asked: PageRequest) -> Chosen? {
        guard let entity = asked.question["entity"], let text = asked.question["month"],
            let month = LocalDate("\(text)-01"),
            let cell = facts.cells.first(where: { $0.entity == entity && $0.month == month })
        else { return nil }
        let last = month.adding(months: 1).adding(days: -1)
        return Chosen(
            title: "\(EntityWords.plural(entity)), \(Self.months[month.components.month - 1]) "
                + "\(month.components.year)",
            facts: self.facts(cell, facts.zone), from: "\(month)", to: "\(last)", entity: entity,
            syncAddress: Address.connection(name) + "/sync", mayOperate: asked.may(.operate))
    }

    private func facts(_ cell: CoverageFacts.Cell, _ zone: TimeZone) -> [Fact] {
        var facts = [Fact(name: "State", value: words(cell.status))]
        func add(_ name: String, _ value: String?) {
            if let value { facts.append(Fact(name: name, value: value)) }
        }
        add("Verified", cell.verifiedAt?.named(in: zone) ?? "never")
        add("Sent", cell.sent.map(NumberText.grouped))
        add("Held", cell.held.map(NumberText.grouped))
        add("Rejected", cell.rejected.map(NumberText.grouped))
        add("Missing", cell.missing.map(NumberText.grouped))
        add("Why", cell.reason)
        return facts
    }

    private func words(_ status: CoverageMap.Status) -> String {
        switch status {
        case .fresh: "complete, verified within 31 days"
        case .old: "complete, verified longer ago"
        case .partial: "read, not complete"
        case .failed: "the last reading failed"
        case .never: "never read completely"
        }
    }

    private func tone(_ status: CoverageMap.Status) -> Tone {
        switch status {
        case .fresh: .good
        case .old, .partial: .warn
        case .failed, .never: .bad
        }
    }
}
