import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Connections as the page adds, authorises, sets and removes them.
struct PageSetup: SetupService {
    let wiring: Wiring
    let readers: PageReaders
    let consents = PendingConsents()

    func add(_ new: NewConnection, by doer: Doer) async throws {
        try await forPage {
            try checkConnectionName(new.name)
            let today = LocalDate(Date(), in: .current).components
            var settings = ConnectionSettings(
                accountID: "", clientID: new.clientID, timeZone: .current,
                firstDate: LocalDate(year: today.year - 10, month: 1, day: 1) ?? LocalDate(daysSinceEpoch: 0))
            for (name, value) in new.settings { try settings.set(name, value) }
            let connection = try await ConnectionStore(wiring.vault.warehouse).add(
                new.name, settings, platform: WorkflowMax.platform, clientSecret: new.clientSecret,
                box: try await wiring.vault.secretBox())
            try await wiring.audit(.connectionAdded, by: doer, connection)
            await readers.prepare()
        }
    }

    // MARK: consent

    func beginConsent(
        of name: String, comingBackTo address: String, session: Int64
    ) async throws -> String {
        try await forPage {
            let connection = try await wiring.connection(name)
            let registered = connection.settings.redirectURL
            let flow = ConsentFlow(
                wiring: wiring.vault, connection: connection, box: try await wiring.vault.secretBox(),
                request: ConsentRequest(connection, redirectURL: registered.isEmpty ? address : registered),
                wanted: nil, newSecret: nil, isInteractive: true)
            consents.begin(flow, session: session)
            return flow.request.url
        }
    }

    func finishConsent(_ address: String, session: Int64, by doer: Doer) async throws -> ConsentStep {
        try await forPage {
            guard let pending = consents.take(address, session: session) else { throw Self.noConsent }
            let name = pending.flow.connection.name
            switch try await pending.flow.finish(address) {
            case .done:
                try await wiring.audit(.connectionAuthorised, by: doer, pending.flow.connection)
                return .done(connection: name)
            case .choose(let pair, let organisations):
                consents.offer(pair, organisations, of: pending)
                let others = try await ConnectionStore(wiring.warehouse).list().readable
                return .choose(
                    connection: name,
                    organisations.map { one in
                        let readers = others.filter { $0.settings.accountID.lowercased() == one.id.lowercased() }
                        let note = readers.isEmpty ? "" : " (read by \(readers.map(\.name).joined(separator: ", ")))"
                        return OrganisationChoice(id: one.id, words: "\(one.name ?? one.id)\(note)")
                    })
            }
        }
    }

    func choose(_ organisation: String, session: Int64, by doer: Doer) async throws -> ConsentStep {
        try await forPage {
            guard let pending = consents.takeOffer(session: session), let offer = pending.offer,
                offer.organisations.contains(where: { $0.id == organisation })
            else { throw Self.noConsent }
            _ = try await pending.flow.take(offer.pair, organisation)
            try await wiring.audit(
                .connectionAuthorised, by: doer, pending.flow.connection, details: ["organisation": organisation])
            return .done(connection: pending.flow.connection.name)
        }
    }

    private static let noConsent = PageProblem(
        .conflict, "This consent was not begun here",
        "The browser came back with an answer that is not to a consent of this session, or Inflow was started anew "
            + "meanwhile. Nothing was changed. Press Authorisation again on the connection's page.",
        remedy: .init("All connections", "/"))

    // MARK: settings

    func settings(of name: String) async throws -> [SettingFact] {
        try await forPage {
            let connection = try await wiring.connection(name)
            return ConnectionSetting.all.map {
                SettingFact(
                    name: $0.name, help: $0.help, standard: $0.defaultText, value: $0.print(connection.settings))
            }
        }
    }

    func change(_ settings: [(name: String, value: String)], of name: String, by doer: Doer) async throws {
        try await forPage {
            let zone = settings.last { $0.name == "time-zone" }.flatMap { TimeZone(identifier: $0.value) }
            // The client's id lies beside its secret.
            let store = ConnectionStore(wiring.vault.warehouse)
            var connection = try await store.find(name, zone: zone)
            for (name, value) in settings { try connection.settings.set(name, value) }
            try await store.update(connection)
            try await wiring.audit(
                .settingsChanged, by: doer, connection, subject: settings.map(\.name).joined(separator: ", "))
        }
    }

    func setGroup(_ label: String?, of name: String, by doer: Doer) async throws {
        try await forPage {
            let connection = try await wiring.connection(name)
            let label = try label.map { text in
                guard let label = try? PageName(text) else {
                    throw UserError("A label has 1 to 64 characters that are shown as they are. Nothing was changed.")
                }
                return label
            }
            try await ConnectionGroupStore(wiring.warehouse).set(label, of: connection, by: doer)
        }
    }

    func rename(_ name: String, to new: String, by doer: Doer) async throws {
        try await forPage {
            try checkConnectionName(new)
            let connection = try await wiring.connection(name)
            try await ConnectionStore(wiring.warehouse).rename(connection, to: new)
            try await wiring.audit(.connectionRenamed, by: doer, connection, subject: new)
        }
    }

    func remove(_ name: String, keepingRecords: Bool, by doer: Doer) async throws -> String? {
        try await forPage {
            // A removal keeps its session for long: it takes none of the pages'.
            let warehouse = Warehouse(url: wiring.warehouse.url)
            let connection = try await ConnectionStore(warehouse).find(name)
            let removal = ConnectionRemoval(
                warehouse, connection, keepingData: keepingRecords,
                tables: WorkflowMax.entities.flatMap { [$0.table] + $0.children.map(\.table) })
            let left = try await removal.run(onWait: { _ in }, progress: { _ in })
            try await wiring.audit(
                .connectionRemoved, by: doer, connection, details: ["records kept": "\(keepingRecords)"])
            return left
        }
    }

    // MARK: credentials

    func credentials(of name: String) async throws -> ReaderLogin? {
        try await forPage {
            let connection = try await wiring.connection(name)
            return try await ReaderRoles(wiring.vault.warehouse).existing(connection).map { ReaderLogin($0) }
        }
    }

    func makeCredentials(of name: String, by doer: Doer) async throws -> ReaderLogin {
        try await forPage {
            let connection = try await wiring.connection(name)
            try connection.checkStays()
            let access = try await ReaderRoles(wiring.vault.warehouse).access(
                for: .connection(connection), rotating: true)
            try await wiring.audit(.credentialsMade, by: doer, connection, subject: access.user)
            return ReaderLogin(access)
        }
    }

    // MARK: checklist

    func checklist(of name: String) async throws -> [ChecklistStep] {
        try await forPage {
            let connection = try await wiring.connection(name)
            let statuses = try await ConnectionStatusReader(wiring.warehouse).all(now: Date())
            guard let status = statuses.first(where: { $0.name == name }) else { throw PageProblem.noConnection(name) }
            let lists = WorkflowMax.entities.filter { $0.kind == .reference && !$0.isPerParent }.map(\.name)
            let counts = RowCounts(wiring.warehouse, connection)
            let unread = try await counts.unread(lists).filter { name in
                WorkflowMax.entities.contains { $0.name == name && !$0.isDerived }
            }
            let first = try await wiring.queue.lastBackfill(of: connection)?.first ?? connection.settings.firstDate
            let history = try await counts.unreadMonths(
                of: WorkflowMax.entities.filter { $0.isDated && !$0.isPerParent }.map(\.name), since: first,
                until: LocalDate(Date(), in: connection.settings.timeZone).startOfMonth)
            let run = status.lastRun
            let validated = try await RunLogReader(wiring.warehouse).lastGood(.reconcile, of: connection)
            let isAuthorised = status.tokenEndsAt != nil && status.needsConsentAt == nil
            return [
                ChecklistStep(
                    kind: .authorise, isDone: isAuthorised,
                    words: isAuthorised ? "A person has consented." : "Nobody has consented yet."),
                ChecklistStep(
                    kind: .seed, isDone: unread.isEmpty,
                    words: unread.isEmpty
                        ? "Every reference list is read." : "Not read yet: \(unread.joined(separator: ", "))."),
                ChecklistStep(
                    kind: .backfill, isDone: history == 0,
                    words: history == 0
                        ? "The history from \(first) is read."
                        : "\(history) months of history since \(first) are not read."),
                ChecklistStep(
                    kind: .syncAll, isDone: run != nil,
                    words: run.map { "Run \($0.run) read everything." } ?? "No Sync All has succeeded yet."),
                ChecklistStep(
                    kind: .validate, isDone: validated != nil,
                    words: validated.map { "Run \($0) read the tables' months again and compared them." }
                        ?? "The tables were not compared with the platform a second time yet."),
            ]
        }
    }
}

extension ReaderLogin {
    fileprivate init(_ access: ReaderRoles.Access) {
        self.init(
            host: access.host, port: String(access.port), database: access.database, user: access.user,
            password: access.password, sql: access.sql, strings: access.toolStrings)
    }
}
