public import Foundation
internal import Inflow

/// Whom alerts go to, as last known, in an encrypted file of Inflow's folder: for the time when the warehouse, which
/// holds it otherwise, does not answer.
///
/// The file opens with the key file of this machine only. It is written anew when something has changed.
public struct KeptChannels: Sendable {
    /// A channel of a connection with its secret.
    public struct Entry: Sendable, Hashable {
        /// The name of the connection.
        public let connection: String
        /// The connection's time zone.
        public let zone: TimeZone
        /// The channel.
        public let channel: AlertChannel
        /// Its password or signing key; `nil` where it has none.
        public let secret: String?

        /// A channel of a connection.
        public init(connection: String, zone: TimeZone, channel: AlertChannel, secret: String?) {
            self.connection = connection
            self.zone = zone
            self.channel = channel
            self.secret = secret
        }
    }

    private let path: String
    private let keyFile: String
    private static let purpose = "kept alert channels"

    /// The file of a folder, encrypted with the keys of `keyFile`; nothing is touched yet.
    public init(folder: String, keyFile: String) {
        path = "\(folder)/alert-channels.sealed"
        self.keyFile = keyFile
    }

    /// Reads from the warehouse which channels are on, and keeps them.
    public func keep(_ warehouse: Warehouse, box: @Sendable () async throws(WarehouseError) -> SecretBox)
        async throws(WarehouseError)
    {
        var entries: [Entry] = []
        for connection in try await ConnectionStore(warehouse).list().readable {
            let channels = AlertChannels(warehouse, connection: connection.id)
            for channel in try await channels.list() where channel.isOn {
                let secret = channel.hasSecret ? try await channels.secret(of: channel.kind, box: try await box()) : nil
                var channel = channel
                // Whose server it is does not matter where the warehouse cannot be asked.
                channel.isShared = false
                entries.append(
                    Entry(
                        connection: connection.name, zone: connection.settings.timeZone, channel: channel,
                        secret: secret))
            }
        }
        guard entries != (try? read()) ?? [] else { return }
        try write(entries, box: try await box())
    }

    /// What was kept last; nothing where nothing was.
    public func read() throws(WarehouseError) -> [Entry] {
        guard let sealed = FileManager.default.contents(atPath: path) else { return [] }
        let text = try SecretBox.offline(keyFile).open(Array(sealed), KeptChannels.purpose, connection: 0)
        guard let stored = try? JSONDecoder().decode([Stored].self, from: Data(text.utf8)) else { return [] }
        return stored.compactMap(\.entry)
    }

    private func write(_ entries: [Entry], box: SecretBox) throws(WarehouseError) {
        let stored = entries.map(Stored.init)
        let text = (try? JSONEncoder().encode(stored)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
        let sealed = try box.seal(text, KeptChannels.purpose, connection: 0)
        do {
            let temporary = path + ".new-\(ProcessInfo.processInfo.processIdentifier)"
            try DurableFile.makeFolder(
                URL(fileURLWithPath: path).deletingLastPathComponent().path, sync: DurableFile.sync)
            try DurableFile.replace(path, with: sealed, by: temporary, sync: DurableFile.sync)
        } catch {
            throw WarehouseError(
                .statementFailed, subject: path,
                message:
                    "Inflow could not write \"\(path)\", so no alert leaves while the warehouse is away. Give this user "
                    + "leave to write it.")
        }
    }

    private struct Stored: Codable {
        let connection, zone, kind, url, sender, account: String
        let recipients: [String]
        let secret: String?

        init(_ entry: Entry) {
            (connection, zone) = (entry.connection, entry.zone.identifier)
            (kind, url) = (entry.channel.kind.rawValue, entry.channel.url)
            (sender, account) = (entry.channel.sender, entry.channel.account)
            (recipients, secret) = (entry.channel.recipients, entry.secret)
        }

        var entry: Entry? {
            guard let kind = AlertChannel.Kind(rawValue: kind) else { return nil }
            var channel = AlertChannel(kind, url: url)
            (channel.sender, channel.account, channel.recipients) = (sender, account, recipients)
            channel.hasSecret = secret != nil
            return Entry(
                connection: connection, zone: TimeZone(identifier: zone) ?? .gmt, channel: channel, secret: secret)
        }
    }
}
