import ArgumentParser
import Foundation
import Inflow
import Postgres
import Warehouse
import WorkflowMax

/// `inflow doctor`: checks from the warehouse outward what Inflow needs, and names the command that repairs each fault.
///
/// The order is the order of dependence: settings, owners of files, PostgreSQL, server and role, schema, tables, readers,
/// connections, key file, alerts, tokens. A check that cannot run without an earlier one is left out, so the first line
/// marked "fault" is the one to repair first.
///
/// Doctor only reads. In particular it never starts the private PostgreSQL, which other commands do, because its state
/// is what the person wants to know. It decrypts each client secret to prove that the key file fits, and prints none.
/// It makes no call to the platform: `inflow connection test` does that.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the installation and show what is missing; change nothing.",
        discussion: examples("inflow doctor"))

    func run() async throws {
        try await reporting {
            let settings = try await Settings.load()
            var faults = 0
            func report(_ isWell: Bool, _ text: String) {
                if !isWell { faults += 1 }
                Console.print("\(isWell ? "ok   " : "fault")  \(text)")
            }
            report(true, "Inflow \(Version.text), folder \"\(settings.home)\"")
            checkOwners(settings, report)
            guard let url = try await databaseURL(settings, report) else { throw ExitCode(1) }
            let warehouse = Warehouse(url: url)
            do {
                let server = try await ServerCheck(warehouse).findings()
                for fault in server.faults { report(false, fault) }
                for note in server.notes { Console.print("note   \(note)") }
                try await Migrator(warehouse).check()
                report(true, "the schema fits this version of Inflow")
                try await checkContents(warehouse, settings, report)
            } catch let error as WarehouseError {
                report(false, error.userMessage)
            }
            if faults > 0 { throw ExitCode(1) }
        }
    }

    /// Says which files the account that Inflow's folder belongs to may not be able to use.
    private func checkOwners(_ settings: Settings, _ report: (Bool, String) -> Void) {
        guard let owner = FolderOwner.account(of: settings.home) else { return }
        guard access(settings.home, R_OK | X_OK) == 0 else {
            return report(
                false,
                "Inflow's folder belongs to \"\(owner)\", and this account may not look into it; run the command as that "
                    + "account: sudo -u \(owner) INFLOW_HOME=\"\(settings.home)\" inflow doctor")
        }
        let differences = FolderOwner.differences(in: settings.home, and: [settings.keyFile])
        for difference in differences {
            let before = difference.isFolder ? "stop Inflow and run" : "run"
            report(
                false,
                "\"\(difference.path)\" belongs to \"\(difference.owner)\", and Inflow's folder to \"\(owner)\"; "
                    + "as root, \(before) '\(difference.remedy)'")
        }
        if differences.isEmpty { report(true, "the files in Inflow's folder belong to its owner, \"\(owner)\"") }
    }

    private func databaseURL(_ settings: Settings, _ report: (Bool, String) -> Void) async throws -> String? {
        if let url = settings.databaseURL {
            report(true, "INFLOW_DATABASE_URL names the warehouse")
            return url
        }
        let cluster = Wiring.cluster(settings)
        do {
            switch try await cluster.status() {
            case .running:
                report(true, "the private PostgreSQL runs")
                return try cluster.url(database: "inflow")
            case .stopped:
                report(
                    false,
                    "the private PostgreSQL is stopped; \"inflow database start\" or any other command starts it"
                )
            case .busy: report(false, "the private PostgreSQL is starting or stopping; check again in a moment")
            case .absent:
                report(false, "there is no private PostgreSQL yet; \"inflow database start\" creates it")
            }
        } catch {
            report(false, error.detail ?? error.message)
        }
        return nil
    }

    /// Says which scheduled runs nobody began since nothing serves.
    private func checkSchedule(
        _ warehouse: Warehouse, _ settings: Settings, _ report: (Bool, String) -> Void
    ) async throws {
        if try await RunQueue(warehouse, patience: settings.workerPatience).isServed() {
            return report(true, "a daemon serves")
        }
        let now = Date()
        let statuses = try await ConnectionStatusReader(warehouse).all(now: now)
        let missed = statuses.compactMap { status -> String? in
            guard let slot = status.schedule.missedSlot(at: now), status.pausedAt == nil else { return nil }
            let when = InstantText.day(status.schedule.begin(slot), in: status.zone ?? .gmt, now: now)
            return "\"\(status.name)\" missed its run of \(when)"
        }
        for words in missed {
            report(false, "\(words); nothing serves: start \"inflow serve\", or \"systemctl start inflow\"")
        }
        if missed.isEmpty, statuses.contains(where: { $0.schedule.nextSlot(after: now) != nil }) {
            Console.print("note   nothing serves, so no scheduled run will begin: start \"inflow serve\"")
        }
    }

    private func checkContents(
        _ warehouse: Warehouse, _ settings: Settings, _ report: (Bool, String) -> Void
    ) async throws {
        let differences = try await SchemaCheck(warehouse, entities: WorkflowMax.entities).differences()
        report(differences.isEmpty, "the tables agree with the definitions")
        for difference in differences { report(false, difference) }
        let due = try await ReaderRoles(warehouse).outstanding()
        report(
            due.isEmpty,
            due.isEmpty
                ? "every reader sees its rows and no others"
                : "\(due.count) grant(s) or policies for readers are wrong; \"inflow migrate\" corrects them"
        )
        let list = try await ConnectionStore(warehouse).list()
        let connections = list.readable
        for error in list.unreadable { report(false, error.userMessage) }
        report(
            !connections.isEmpty || !list.unreadable.isEmpty,
            connections.isEmpty
                ? "there is no connection yet; add one with \"inflow connection add NAME …\""
                : "\(connections.count) connection(s)")
        guard !connections.isEmpty else { return }
        try await checkSchedule(warehouse, settings, report)
        for connection in connections {
            let wrong = try await KeptSums(warehouse, connection).wrong()
            report(
                wrong.isEmpty,
                wrong.isEmpty
                    ? "the sums that reports of \"\(connection.name)\" are made of are right"
                    : "\(wrong.count) sums that reports of \"\(connection.name)\" are made of are wrong; run \"inflow sums "
                        + "\(connection.name.shellWord) --rebuild\"")
        }
        do {
            let box = try await SecretBox.open(settings.keyFile, for: warehouse)
            try await AlertCheck(warehouse, box).run(connections, report)
            let isOpen = SecretBox.isOpenToOthers(settings.keyFile)
            report(
                !isOpen,
                isOpen
                    ? "others than its owner may read the key file \"\(settings.keyFile)\"; run \"chmod 600\" on it"
                    : "the key file \"\(settings.keyFile)\" fits")
            for connection in connections {
                _ = try await ConnectionStore(warehouse).clientSecret(of: connection, box: box)
                let token = try await TokenStore(warehouse, connection: connection, box: box).current()
                let status = try await TokenStatus.of(connection, in: warehouse)
                let document = TokenDocument(connection, status, now: Date())
                report(
                    token != nil && status.needsConsentAt == nil && document.warning == nil,
                    token == nil || status.needsConsentAt != nil
                        ? "\"\(connection.name)\" has no usable tokens; run \"inflow authorise "
                            + "\(connection.name.shellWord)\""
                        : document.warning ?? "\"\(connection.name)\" has tokens, \(document.short)")
            }
        } catch let error as WarehouseError {
            report(false, error.message)
        }
    }
}
