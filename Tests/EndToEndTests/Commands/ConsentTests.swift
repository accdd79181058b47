import Curl
import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Consent in a browser", .database(.warehouse), .timeLimit(.minutes(5)))
struct ConsentTests {
    private static let second = "1f0e0d0c-0b0a-4908-8706-050403020100"
    private static let two = RunningSandbox.small {
        $0.accountIDs.append(second)
        $0.namesOrganisations = true
    }
    private static let command = ["authorise", "acme", "--no-browser", "--port", "0"]
    private let browser = ConsentBrowser()

    private struct Shown: Decodable {
        let settings: [String: String]
    }

    /// A connection without tokens and, unless it is given, without its organisation.
    private func add(_ fixture: InflowFixture, account: String? = nil) async throws {
        var arguments = try fixture.addArguments("acme", withToken: false)
        let place = try #require(arguments.firstIndex(of: "--account-id"))
        if let account { arguments[place + 1] = account } else { arguments.removeSubrange(place...place + 1) }
        let added = try await fixture.start(arguments).ending()
        #expect(added.code == 0 && added.output.contains("inflow authorise acme"), "\(added)")
    }

    private func account(_ fixture: InflowFixture) async throws -> String? {
        try await fixture.inflow("connection", "show", "acme", "--json").json(Shown.self).settings["account-id"]
    }

    /// Goes through a consent; the page the browser ends on, and how the command ended.
    private func consent(
        _ fixture: InflowFixture, _ more: [String] = [], decision: String = "approve", user: String = "owner",
        organisations: [String]? = nil, between: (String) async throws -> String = { $0 }
    ) async throws -> (page: ConsentBrowser.Page, ending: InflowProcess.Ending) {
        let process = try fixture.start(Self.command + more)
        let address = try await browser.consent(
            to: try await browser.address(printedBy: process), decision: decision, user: user,
            organisations: organisations)
        let page = try await browser.get(try await between(address))
        return (page, await process.ending())
    }

    @Test("A person consents in the browser: the organisation is known, the tokens are kept, and a sync reads")
    func approved() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            try await add(fixture)
            let (page, ending) = try await consent(fixture)
            let account = fixture.sandbox.configuration.accountIDs[0]
            #expect(page.status == 200 && page.body.contains("Authorised"), "\(page)")
            #expect(page.body.contains("&quot;acme&quot; is authorised"), "what is shown is escaped")
            #expect(
                ending.code == 0 && ending.output.contains("\"acme\" is authorised for organisation \(account)."),
                "\(ending)")
            #expect(try await self.account(fixture) == account)
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 0, "\(sync)")
            #expect(try await fixture.count("wfm.task") > 0)
        }
    }

    @Test("The consent page is asked as it wants: code, scope, state, and a proof key that fits")
    func request() async throws {
        try await InflowFixture.run { fixture in
            let process = try fixture.start(Self.command)
            let url = try await browser.address(printedBy: process)
            #expect(url.hasPrefix("\(fixture.sandbox.address)/oauth/authorize?"))
            let wanted = [
                "response_type": "code", "client_id": "sandbox-client", "prompt": "consent",
                "scope": "openid profile email workflowmax offline_access", "code_challenge_method": "S256",
            ]
            for (name, value) in wanted { #expect(browser.field(name, of: url) == value) }
            #expect(
                browser.field("state", of: url)?.count == 43 && browser.field("code_challenge", of: url)?.count == 43)
            let redirect = try #require(browser.field("redirect_uri", of: url))
            #expect(redirect.wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+\/callback/) != nil)
            let stray = try await browser.get(redirect.replacing("/callback", with: "/favicon.ico"))
            #expect(stray.status == 404)
            process.interrupt()
            let ending = await process.ending()
            #expect(ending.code == 130 && !ending.wasKilled, "\(ending)")
        }
    }

    @Test("A refusal is shown in the browser and on the terminal, and changes nothing")
    func refused() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let (page, ending) = try await consent(fixture, decision: "refuse")
            for text in [page.body, ending.error] { #expect(text.contains("Consent was refused"), "\(text)") }
            #expect(ending.code == 5 && page.status == 400, "\(ending)")
            #expect(try await fixture.sandbox.tokenRequests() == before)
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0, "the old tokens still serve")
        }
    }

    @Test("An answer with another state is not taken and its code not spent; the right one after it still is")
    func wrongState() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let (page, ending) = try await consent(fixture) { address in
                let strays = [
                    try browser.replacing("state", with: "<script>alert(1)</script>", in: address),
                    String(address.prefix { $0 != "?" }), try browser.replacing("state", with: "", in: address),
                ]
                for stray in strays {
                    let page = try await browser.get(stray)
                    #expect(page.status == 400 && page.body.contains("the state differs"), "\(page)")
                    #expect(!page.body.contains("<script>"))
                }
                #expect(try await fixture.sandbox.tokenRequests() == before)
                #expect(try await fixture.number("select max(generation) from inflow.token") == 1)
                return address
            }
            #expect(page.status == 200 && ending.code == 0 && ending.output.contains("is authorised"), "\(ending)")
        }
    }

    @Test("A code that was used before is not taken, and the words say so")
    func usedCode() async throws {
        try await InflowFixture.run { fixture in
            let (page, ending) = try await consent(fixture) { address in
                let code = try #require(browser.field("code", of: address))
                let form =
                    "grant_type=authorization_code&code=\(code)&client_id=sandbox-client&client_secret=sandbox-secret"
                let used = try await Transfer(configuration: CurlConfiguration()).send(
                    CurlRequest(
                        url: "\(fixture.sandbox.address)/oauth/token", method: .post,
                        headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8)))
                _ = try await used.body.collect(atMost: 4096)
                return address
            }
            for text in [page.body, ending.error] { #expect(text.contains("it was used before"), "\(text)") }
            #expect(ending.code == 5 && page.status == 400, "\(ending)")
            #expect(try await fixture.number("select max(generation) from inflow.token") == 1)
        }
    }

    @Test(
        "A person without the privilege reads why: no organisation, records refused, or the code refused",
        arguments: ["guest", "clerk", "refused"])
    func noPrivilege(user: String) async throws {
        try await InflowFixture.run(connects: false) { fixture in
            try await add(fixture)
            if user == "refused" { try await fixture.sandbox.fault("status403", at: "/oauth/token") }
            let (page, ending) = try await consent(fixture, user: user)
            for text in [page.body.replacing("&quot;", with: "\""), ending.error] {
                #expect(text.contains("\"Authorise 3rd Party Full Access\""), "\(text)")
            }
            #expect(ending.code == 5 && page.status == 400, "\(ending)")
            #expect(try await fixture.count("inflow.token") == 0, "a failed consent stores nothing")
            #expect(try await account(fixture) == "")
            if user == "clerk" {
                let sync = try await fixture.inflow("sync", "acme", "task")
                #expect(sync.code == 5 && sync.error.contains("inflow authorise acme"), "\(sync)")
                #expect(try await fixture.number("select count(*) from inflow.run") == 0)
            }
        }
    }

    @Test("Of several organisations one must be named where no person can be asked, and the named one is taken")
    func several() async throws {
        try await InflowFixture.run(Self.two, connects: false) { fixture in
            try await add(fixture)
            let (page, ending) = try await consent(fixture)
            for text in [page.body, ending.error] {
                #expect(text.contains("several organisations") && text.contains(Self.second), "\(text)")
            }
            #expect(ending.code == 64 && ending.error.contains("--organisation ID"), "\(ending)")
            #expect(try await fixture.count("inflow.token") == 0)

            let other = try await consent(fixture, ["--organisation", "nobody"]).ending
            #expect(other.code == 1 && other.error.contains("not for organisation \"nobody\""), "\(other)")
            let named = try await consent(fixture, ["--organisation", Self.second]).ending
            #expect(named.code == 0, "\(named)")
            #expect(try await account(fixture) == Self.second)
        }
    }

    @Test(
        "On a terminal a person is asked which of several organisations it is, by name, and again after a typing error")
    func asked() async throws {
        try await InflowFixture.run(Self.two, connects: false) { fixture in
            try await add(fixture)
            let process = try fixture.start(Self.command, isTyped: true, onTerminal: true)
            let address = try await browser.consent(to: try await browser.address(printedBy: process))
            let page = try await browser.get(address)
            #expect(page.status == 200 && page.body.contains("Continue in the terminal"), "\(page)")
            #expect(await process.output.contains("Type its number:"))
            #expect(process.output.soFar.contains("2  Sample Organisation 2  \(Self.second)"))
            #expect(try await fixture.count("inflow.token") == 0)
            try process.type("3")
            #expect(await process.output.contains("Type a number from 1 to 2"))
            try process.type("2")
            let ending = await process.ending()
            #expect(ending.code == 0 && ending.output.contains("for organisation \(Self.second)"), "\(ending)")
            #expect(try await account(fixture) == Self.second)
        }
    }

    @Test("The organisation a connection has already is taken of several; another one is not")
    func pinned() async throws {
        try await InflowFixture.run(Self.two, connects: false) { fixture in
            try await add(fixture, account: Self.second)
            let first = fixture.sandbox.configuration.accountIDs[0]
            let wrong = try await consent(fixture, organisations: [first]).ending
            #expect(wrong.code == 1 && wrong.error.contains("do not mix"), "\(wrong)")
            let moved = try await consent(fixture, ["--organisation", first]).ending
            #expect(moved.code == 1 && moved.error.contains("do not mix"), "\(moved)")
            #expect(try await fixture.count("inflow.token") == 0)
            let right = try await consent(fixture).ending
            #expect(right.code == 0, "\(right)")
            #expect(try await account(fixture) == Self.second)
        }
    }

    @Test("Where the browser is elsewhere its address is pasted; the redirect address is the setting's")
    func pasted() async throws {
        try await InflowFixture.run { fixture in
            let away = "https://reports.example.org/inflow/callback"
            let set = try await fixture.inflow("connection", "set", "acme", "redirect-url=\(away)")
            #expect(set.code == 0, "\(set)")
            let process = try fixture.start(["authorise", "acme", "--no-browser", "--paste"], isTyped: true)
            let address = try await browser.consent(to: try await browser.address(printedBy: process))
            #expect(address.hasPrefix(away + "?code="))
            try process.type(address)
            let ending = await process.ending()
            #expect(ending.code == 0 && ending.output.contains("is authorised"), "\(ending)")
            #expect(try await fixture.number("select max(generation) from inflow.token") == 2)
        }
    }

    @Test("The error of a port that is taken names it")
    func portTaken() async throws {
        try await InflowFixture.run { fixture in
            let port = try #require(URLComponents(string: fixture.sandbox.address)?.port)
            let ending = try await fixture.inflow("authorise", "acme", "--no-browser", "--port", "\(port)")
            #expect(ending.code == 1 && ending.error.contains("cannot listen on 127.0.0.1:\(port)"), "\(ending)")
        }
    }

    /// Comes back to the command with a refusal, as a browser whose person refuses.
    private static let opener = """
        #!/bin/bash
        port=$(sed -E 's/.*127\\.0\\.0\\.1%3A([0-9]+).*/\\1/' <<<"$1")
        state=$(sed -E 's/.*[?&]state=([^&]+).*/\\1/' <<<"$1")
        exec 3<>"/dev/tcp/127.0.0.1/$port"
        printf 'GET /callback?error=access_denied&state=%s HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' "$state" >&3
        cat <&3 >/dev/null
        """

    @Test("Where there is a display the browser is opened; where nothing can open it, the command waits all the same")
    func display() async throws {
        try await InflowFixture.run { fixture in
            let opener = try fixture.file("xdg-open", Self.opener)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: opener)
            let arguments = ["authorise", "acme", "--port", "0"]
            let opened = try await fixture.start(
                arguments, ["DISPLAY": ":0", "PATH": "\(fixture.folder):/usr/bin:/bin"]
            ).ending()
            #expect(opened.code == 5 && opened.error.contains("Consent was refused"), "\(opened)")

            let alone = try fixture.start(arguments, ["DISPLAY": ":0", "PATH": "/nowhere"])
            #expect(await alone.error.contains("Waiting for the browser"))
            alone.interrupt()
            #expect(await alone.ending().code == 130)
        }
    }
}
