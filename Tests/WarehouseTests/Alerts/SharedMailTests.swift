import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("The mail server of all connections", .warehouse)
struct SharedMailTests {
    private var shared: AlertChannel {
        var mail = AlertChannel(.email, url: "smtps://all.example.com")
        (mail.recipients, mail.sender, mail.account) = (["ann@example.org"], "inflow@example.com", "all")
        return mail
    }

    private func withShared(
        _ body: (LoaderFixture, AlertChannels, SharedMail, SecretBox, String) async throws -> Void
    ) async throws {
        let fixture = try await LoaderFixture()
        try await withFolder { folder in
            let keyFile = "\(folder)/secret.key"
            let box = try await SecretBox.open(keyFile, for: fixture.warehouse)
            let mail = SharedMail(fixture.warehouse)
            #expect(try await mail.read() == nil)
            try await mail.set(shared, secret: "s3cret-all", box: box)
            let channels = AlertChannels(fixture.warehouse, connection: fixture.connection.id)
            try await body(fixture, channels, mail, box, keyFile)
        }
    }

    private func fail(_ fixture: LoaderFixture) async throws {
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .failed, error: "why")
        _ = try await Incidents(fixture.warehouse, fixture.connection).review(entities: ["thing"])
    }

    @Test("A connection that sets nothing uses it, one that is added later too, with the password of all")
    func usedByAll() async throws {
        try await withShared { fixture, channels, mail, box, _ in
            let used = try #require(try await channels.list().first)
            #expect(used.url == "smtps://all.example.com" && used.recipients == ["ann@example.org"])
            #expect(used.sender == "inflow@example.com" && used.account == "all" && used.isShared && used.hasSecret)
            #expect(try await channels.secret(of: .email, box: box) == "s3cret-all")
            var settings = LoaderFixture.settings
            settings.accountID = "later"
            let later = try await ConnectionStore(fixture.warehouse).add(
                "later", settings, platform: Platform(name: "workflowmax", schema: "wfm"), clientSecret: "s", box: box)
            let its = AlertChannels(fixture.warehouse, connection: later.id)
            #expect(try await its.list() == [used])
            #expect(try await its.own().isEmpty)
            #expect(try await its.secret(of: .email, box: box) == "s3cret-all")
            #expect(try await mail.read()?.hasSecret == true)
            let stored = try await fixture.rows(
                "select position('s3cret-all'::bytea in secret) from inflow.mail_server")
            #expect(stored == ["0"])
        }
    }

    @Test("A connection adds or replaces recipients without repeating the server, or has a server of its own")
    func overridden() async throws {
        try await withShared { _, channels, _, box, _ in
            var own = AlertChannel(.email, url: "")
            own.further = ["bob@example.org", "ann@example.org"]
            try await channels.set([(own, nil)], box: box)
            let added = try #require(try await channels.list().first)
            #expect(added.recipients == ["ann@example.org", "bob@example.org"] && added.isShared)
            #expect(try await channels.own().first?.further == ["bob@example.org", "ann@example.org"])
            (own.further, own.recipients, own.sender) = ([], ["eve@example.org"], "acme@example.com")
            try await channels.set([(own, nil)], box: box)
            let replaced = try #require(try await channels.list().first)
            #expect(replaced.recipients == ["eve@example.org"] && replaced.sender == "acme@example.com")
            #expect(replaced.url == "smtps://all.example.com" && replaced.account == "all")
            // A server of its own never gets the password of all.
            (own.url, own.account) = ("smtps://own.example.com", "own")
            try await channels.set([(own, nil)], box: box)
            #expect(try await channels.list().first?.hasSecret == false)
            #expect(try await channels.secret(of: .email, box: box) == nil)
            try await channels.set([(own, "s3cret-own")], box: box)
            let server = try #require(try await channels.list().first)
            #expect(server.url == "smtps://own.example.com" && server.account == "own" && !server.isShared)
            #expect(try await channels.secret(of: .email, box: box) == "s3cret-own")
            // Nor does the server of all get the connection's.
            try await channels.set([(AlertChannel(.email, url: ""), nil)], box: box)
            #expect(try await channels.secret(of: .email, box: box) == "s3cret-all")
            (own.url, own.account) = ("smtps://own.example.com", "own")
            try await channels.set([(own, nil)], box: box)
            #expect(try await channels.secret(of: .email, box: box) == nil, "the old password is gone")
        }
    }

    @Test("Without recipients here or there no mail is written; alerts of a connection that are off stay off")
    func nobody() async throws {
        try await withShared { fixture, channels, mail, box, _ in
            var none = shared
            none.recipients = []
            try await mail.set(none, secret: nil, box: box)
            #expect(try await channels.list().isEmpty)
            try await fail(fixture)
            #expect(try await fixture.rows("select count(*) from inflow.outbox") == ["0"])
            try await channels.turnOff()
            try await mail.set(shared, secret: nil, box: box)
            #expect(try await channels.list().map(\.isOn) == [false])
            _ = try await Incidents(fixture.warehouse, fixture.connection).review(entities: ["thing"])
            #expect(try await fixture.rows("select count(*) from inflow.outbox") == ["0"])
            try await channels.set([(AlertChannel(.email, url: ""), nil)], box: box)
            _ = try await Incidents(fixture.warehouse, fixture.connection).review(entities: ["thing"])
            #expect(try await Outbox(fixture.warehouse).take()?.messageID.hasSuffix("@example.com>") == true)
        }
    }

    @Test("A message waits for the server: turned off it is given up, set anew it is tried again")
    func turnedOff() async throws {
        try await withShared { fixture, channels, mail, box, _ in
            try await fail(fixture)
            #expect(try await mail.turnOff())
            let outbox = Outbox(fixture.warehouse)
            #expect(try await outbox.take() == nil)
            #expect(try await channels.list().map(\.isOn) == [false])
            #expect(
                try await outbox.undelivered(of: fixture.connection).map(\.lastError)
                    == ["The mail server was turned off."])
            try await mail.set(shared, secret: nil, box: box)
            #expect(try await outbox.take()?.subject == "Inflow, Acme: the sync failed")
            #expect(try await channels.secret(of: .email, box: box) == "s3cret-all", "the password stayed")
        }
    }

    @Test("Its password gets a new key with all others, is kept for outages, and stays when a connection is removed")
    func life() async throws {
        try await withShared { fixture, channels, mail, _, keyFile in
            #expect(try await SecretRotation(fixture.warehouse, keyFile: keyFile).run().secrets == 1)
            let box = try await SecretBox.open(keyFile, for: fixture.warehouse)
            #expect(try await mail.secret(box: box) == "s3cret-all")
            let folder = URL(fileURLWithPath: keyFile).deletingLastPathComponent().path
            let kept = KeptChannels(folder: folder, keyFile: keyFile)
            try await kept.keep(fixture.warehouse) { box }
            let entries = try kept.read()
            #expect(entries.map(\.secret) == ["s3cret-all"] && entries.map(\.connection) == ["Acme"])
            #expect(entries.first?.channel.url == "smtps://all.example.com")
            let bytes = FileManager.default.contents(atPath: "\(folder)/alert-channels.sealed")
            try await kept.keep(fixture.warehouse) { box }
            #expect(FileManager.default.contents(atPath: "\(folder)/alert-channels.sealed") == bytes)
            _ = try await fixture.rows("delete from inflow.run where id > 0")
            _ = try await fixture.rows("delete from inflow.connection where id > 0")
            #expect(try await mail.read()?.url == "smtps://all.example.com")
            #expect(try await channels.list().isEmpty)
        }
    }
}
