import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Alert channels that a machine keeps", .warehouse)
struct KeptChannelsTests {
    @Test("They are kept encrypted with their secrets, follow changes, and are read without the warehouse")
    func kept() async throws {
        let fixture = try await LoaderFixture()
        let folder = FileManager.default.temporaryDirectory.path + "/inflow-kept-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keyFile = "\(folder)/secret.key"
        let box = try await SecretBox.open(keyFile, for: fixture.warehouse)
        let kept = KeptChannels(folder: folder, keyFile: keyFile)
        #expect(try kept.read() == [])
        let channels = AlertChannels(fixture.warehouse, connection: fixture.connection.id)
        var mail = AlertChannel(.email, url: "smtp://mail.example.org")
        (mail.recipients, mail.sender) = (["ann@example.org"], "inflow@example.org")
        try await channels.set([(mail, "mail-s3cret")], box: box)
        try await kept.keep(fixture.warehouse) { box }
        let entries = try kept.read()
        #expect(entries.map(\.secret) == ["mail-s3cret"] && entries.map(\.connection) == [fixture.connection.name])
        #expect(entries.first?.channel.recipients == ["ann@example.org"])
        let path = "\(folder)/alert-channels.sealed"
        let bytes = try #require(FileManager.default.contents(atPath: path))
        for secret in ["mail-s3cret", "ann@example.org", "mail.example.org"] {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try await kept.keep(fixture.warehouse) { box }
        #expect(FileManager.default.contents(atPath: path) == bytes, "what has not changed is not written again")
        try await channels.turnOff()
        try await kept.keep(fixture.warehouse) { box }
        #expect(try kept.read() == [])
    }
}
