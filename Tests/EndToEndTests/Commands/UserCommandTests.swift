import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Users, tokens of the API, the audit log and groups", .database(.warehouse), .timeLimit(.minutes(5)))
struct UserCommandTests {
    private struct User: Decodable {
        let name, role: String
        let connections: [String]?
        let createdAt, passwordSetAt: String
        let signedInAt, disabledAt: String?
    }

    private struct Token: Decodable {
        let name, scope: String
        let connection, token, expiresAt, usedAt, revokedAt, createdBy: String?
    }

    private struct Entry: Decodable {
        let actorKind, actor, action: String
        let connection, subject, address: String?
        let details: [String: String]
    }

    private static let password = "correct horse battery"

    private func fits(_ fixture: InflowFixture, _ name: String, _ password: String) async throws -> Bool {
        let outcome = try await UserStore(fixture.warehouse).authenticate(
            name: name, password: password, from: "192.0.2.1")
        guard case .fits = outcome else { return false }
        return true
    }

    /// Adds a user with the password in a file.
    private func add(_ fixture: InflowFixture, _ name: String, _ more: String...) async throws -> InflowProcess.Ending {
        let file = try fixture.file("password.txt", Self.password + "\n")
        return try await fixture.start(["user", "add", name, "--password-file", file] + more).ending()
    }

    @Test("A user is added, changed and removed, each with an entry of the audit log")
    func life() async throws {
        try await InflowFixture.run { fixture in
            let none = try await fixture.inflow("user", "list")
            #expect(none.code == 0 && none.output.contains("inflow user add NAME --role admin"), "\(none)")
            let first = try await add(fixture, "bob", "--role", "viewer")
            #expect(first.code == 1 && first.error.contains("no admin of all connections"), "\(first)")
            let ann = try await add(fixture, "Ann", "--role", "admin")
            #expect(ann.code == 0 && ann.output == "User \"Ann\" is admin of all connections.\n", "\(ann)")
            let bob = try await add(fixture, "bob", "--role", "viewer", "--connection", "acme")
            #expect(bob.code == 0 && bob.output == "User \"bob\" is viewer of acme.\n", "\(bob)")
            #expect(try await fits(fixture, "ANN", Self.password))
            let users = try await fixture.inflow("user", "list", "--json").json([User].self)
            #expect(users.map(\.name) == ["Ann", "bob"] && users.map(\.role) == ["admin", "viewer"])
            #expect(users.map(\.connections) == [nil, ["acme"]])
            let table = try await fixture.inflow("user", "list")
            #expect(table.output.contains("may enter") && table.output.contains("never"), "\(table)")

            let role = try await fixture.inflow("user", "role", "BOB", "--role", "operator")
            #expect(role.output.contains("\"bob\" is operator of acme now"), "its connections stay: \(role)")
            let all = try await fixture.inflow("user", "role", "bob", "--all")
            #expect(all.output.contains("operator of all connections"), "\(all)")
            let nothing = try await fixture.inflow("user", "role", "bob")
            #expect(nothing.code == 64 && nothing.error.contains("Nothing was changed"), "\(nothing)")
            for refused in [["remove", "ann"], ["disable", "ann"], ["role", "ann", "--role", "viewer"]] {
                let ending = try await fixture.start(["user"] + refused).ending()
                #expect(ending.code == 1 && ending.error.contains("inflow user add NAME --role admin"), "\(ending)")
            }
            #expect(try await fixture.inflow("user", "disable", "bob").code == 0)
            #expect(try await !fits(fixture, "bob", Self.password))
            #expect(try await fixture.inflow("user", "enable", "bob").code == 0)
            #expect(try await fits(fixture, "bob", Self.password))
            #expect(try await fixture.inflow("user", "remove", "bob").code == 0)
            let gone = try await fixture.inflow("user", "remove", "bob")
            #expect(gone.code == 1 && gone.error.contains("There is no user \"bob\""), "\(gone)")

            let entries = try await fixture.inflow("audit", "--json").json([Entry].self)
            #expect(
                entries.map(\.action) == [
                    "user_removed", "user_enabled", "sign_in_failed", "user_disabled", "user_role_changed",
                    "user_role_changed", "user_added", "user_added",
                ])
            let commands = entries.filter { $0.actorKind == "command" }
            #expect(commands.count == 7 && commands.allSatisfy { $0.actor.contains(" on ") && $0.address == nil })
            let text = try await fixture.inflow("audit", "--limit", "2")
            #expect(text.output.contains("user_removed") && text.output.contains("  command"), "\(text)")
            #expect(!text.output.contains("user_disabled"))
        }
    }

    @Test("A password comes from a file, from standard input or from a terminal that asks twice, and is shown nowhere")
    func password() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let file = try fixture.file("password.txt", "  blanks belong to it \nsecond line\n")
            let added = try fixture.start(
                ["user", "add", "ann", "--role", "admin", "--password-file", file], ["INFLOW_LOG_LEVEL": "trace"])
            let seen = try await added.visibleArguments()
            let ending = await added.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(seen.contains("user add ann") && !(seen + ending.output + ending.error).contains("blanks belong"))
            #expect(try await fits(fixture, "ann", "  blanks belong to it "))

            let typed = try fixture.start(["user", "password", "ann", "--password-file", "-"], isTyped: true)
            try typed.type("typed into a pipe")
            let piped = await typed.ending()
            #expect(piped.code == 0 && !(piped.output + piped.error).contains("typed into"), "\(piped)")
            #expect(try await fits(fixture, "ann", "typed into a pipe"))

            let terminal = try fixture.start(["user", "password", "ann"], isTyped: true, onTerminal: true)
            #expect(await terminal.output.contains("The password of \"ann\", which is not shown: "))
            try terminal.type("typed on a terminal")
            #expect(await terminal.output.contains("The same once more: "))
            try terminal.type("typed on a terminal")
            let shown = await terminal.ending()
            #expect(shown.code == 0 && !shown.output.contains("typed on"), "\(shown)")
            #expect(try await fits(fixture, "ann", "typed on a terminal"))

            let other = try fixture.start(["user", "password", "ann"], isTyped: true, onTerminal: true)
            #expect(await other.output.contains("which is not shown: "))
            try other.type("typed on a terminal")
            #expect(await other.output.contains("The same once more: "))
            try other.type("typed otherwise here")
            let differing = await other.ending()
            #expect(
                differing.code == 1 && differing.output.contains("not the same. Nothing was changed"), "\(differing)")
            #expect(try await fits(fixture, "ann", "typed on a terminal"))
        }
    }

    @Test("What is no name, no password and no source of one is an error in words that do not quote the password")
    func misuse() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            for (password, words) in [
                ("short one", "12 characters"), ("administrator", "name of the account"),
                (String(repeating: "x", count: 1_025), "1024 bytes"), ("", "12 characters"),
            ] {
                let file = try fixture.file("password.txt", password)
                let ending = try await fixture.inflow(
                    "user", "add", "Administrator", "--role", "admin", "--password-file", file)
                #expect(ending.code == 64 && ending.error.contains(words), "\(ending)")
                #expect(ending.error.contains("Nothing was changed") && ending.errorLines.count == 1, "\(ending)")
                if !password.isEmpty { #expect(!ending.error.contains(password), "\(ending)") }
            }
            let blind = try await fixture.inflow("user", "add", "ann", "--role", "admin")
            #expect(blind.code == 64 && blind.error.contains("--password-file FILE"), "\(blind)")
            let absent = try await fixture.inflow(
                "user", "add", "ann", "--role", "admin", "--password-file", "\(fixture.folder)/none")
            #expect(absent.code == 1 && absent.error.contains("cannot read the file"), "\(absent)")
            let role = try await add(fixture, "ann", "--role", "boss")
            #expect(role.code == 64 && role.error.contains("boss"), "\(role)")
            let argument = try await fixture.inflow(
                "user", "add", "ann", "--role", "admin", "--password", "secret words")
            #expect(argument.code == 64, "\(argument)")
            let name = try await add(fixture, " ann", "--role", "admin")
            #expect(name.code == 64 && name.error.contains("blanks around it"), "\(name)")
            let connection = try await add(fixture, "ann", "--role", "admin", "--connection", "nobody")
            #expect(connection.code == 1 && connection.error.contains("no connection yet"), "\(connection)")
            #expect(try await fixture.count("inflow.page_user") == 0)
            #expect(try await fixture.count("inflow.audit") == 0)
        }
    }

    @Test("A token is printed once and stored as a hash; it ends when it is revoked")
    func tokens() async throws {
        try await InflowFixture.run { fixture in
            let made = try await fixture.inflow(
                "api-token", "add", "zapier", "--scope", "operate", "--connection", "acme", "--expires", "30", "--json"
            ).json(Token.self)
            let token = try #require(made.token)
            #expect(token.wholeMatch(of: /inflow_[A-Za-z0-9_-]{43}/) != nil && made.connection == "acme")
            let plain = try await fixture.inflow("api-token", "add", "dashboard", "--scope", "read")
            #expect(plain.code == 0 && plain.output.hasPrefix("inflow_") && plain.output.count == 51, "\(plain)")
            let twice = try await fixture.inflow("api-token", "add", "dashboard", "--scope", "read")
            #expect(twice.code == 1 && twice.output.isEmpty && twice.error.contains("already"), "\(twice)")
            let store = APITokenStore(fixture.warehouse)
            let found = try #require(try await store.token(token))
            #expect(found.access.may(.operate, on: fixture.connection.id) && !found.access.mayEverywhere(.view))

            let list = try await fixture.inflow("api-token", "list")
            let json = try await fixture.inflow("api-token", "list", "--json")
            for text in [list.output, json.output, try await fixture.inflow("audit").output] {
                #expect(text.contains("zapier") && !text.contains("inflow_"), "\(text)")
            }
            let tokens = try json.json([Token].self)
            #expect(tokens.map(\.name) == ["dashboard", "zapier"] && tokens.last?.expiresAt != nil)
            let stored = try await fixture.number(
                "select count(*) from inflow.api_token t where strpos(t::text, $1) > 0", [.text(token)])
            #expect(stored == 0)

            #expect(try await fixture.inflow("api-token", "revoke", "zapier").code == 0)
            #expect(try await store.token(token) == nil)
            let again = try await fixture.inflow("api-token", "revoke", "zapier")
            #expect(again.code == 1 && again.error.contains("There is no token \"zapier\""), "\(again)")
            for days in ["0", "3651", "-1"] {
                let ending = try await fixture.inflow("api-token", "add", "x", "--scope", "read", "--expires=\(days)")
                #expect(ending.code == 64 && ending.output.isEmpty, "\(ending)")
            }
            let entries = try await fixture.inflow("audit", "--connection", "acme", "--json").json([Entry].self)
            #expect(entries.map(\.action) == ["token_added"] && entries.first?.subject == "zapier")
        }
    }

    @Test("A connection is put into a group and taken out of it")
    func group() async throws {
        try await InflowFixture.run { fixture in
            let none = try await fixture.inflow("connection", "group", "acme")
            #expect(none.code == 0 && none.output == "\"acme\" is in no group.\n", "\(none)")
            let put = try await fixture.inflow("connection", "group", "acme", "North Island")
            #expect(put.output == "\"acme\" is in group \"North Island\".\n", "\(put)")
            let list = try await fixture.inflow("connection", "list")
            #expect(list.output.contains("North"), "\(list)")
            let show = try await fixture.inflow("connection", "show", "acme", "--json")
            #expect(show.output.contains("\"group\" : \"North Island\""), "\(show)")
            for wrong in [["", "--none"], [" x"], ["x", "--none"]] {
                let ending = try await fixture.start(["connection", "group", "acme"] + wrong).ending()
                #expect(ending.code == 64, "\(ending)")
            }
            let out = try await fixture.inflow("connection", "group", "acme", "--none")
            #expect(out.output == "\"acme\" is in no group.\n", "\(out)")
            let since = try await fixture.inflow("audit", "--since", "today", "--json").json([Entry].self)
            #expect(since.map(\.details) == [["group": "none"], ["group": "North Island"]])
            let tomorrow = try await fixture.inflow("audit", "--since", "tomorrow")
            #expect(tomorrow.code == 0 && tomorrow.output.contains("no such entry"), "\(tomorrow)")
        }
    }

    @Test("A restored copy keeps users and tokens, and forgets who was signed in")
    func restored() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            #expect(try await add(fixture, "ann", "--role", "admin").code == 0)
            #expect(try await fixture.inflow("api-token", "add", "x", "--scope", "read").code == 0)
            let users = UserStore(fixture.warehouse)
            guard case .fits(let ann) = try await users.authenticate(name: "ann", password: Self.password, from: "")
            else {
                Issue.record("ann cannot sign in")
                return
            }
            let sessions = PageSessionStore(fixture.warehouse)
            let begun = try #require(try await sessions.begin(for: ann, address: "", userAgent: ""))
            #expect(try await sessions.session(begun.token) != nil)
            _ = try await fixture.query(
                "insert into inflow.page_link (token_hash, expires_at) values ('x', now() + interval '1 day')")
            // What "inflow restore" does to the copy once its rows are there.
            _ = try await WarehouseCopy(fixture.warehouse).forgetOriginal(takesOver: true)
            #expect(try await sessions.session(begun.token) == nil)
            #expect(try await fixture.count("inflow.page_link") == 0)
            #expect(try await fixture.count("inflow.page_user") == 1)
            #expect(try await fixture.count("inflow.api_token") == 1)
        }
    }
}
