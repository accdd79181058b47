import Foundation
import Synchronization
import Testing

@testable import Warehouse

@Suite("Files that outlive a power cut")
struct DurableFileTests {
    @Test("The key file is on the disk before it has its name, and its folder before a key is used")
    func order() async throws {
        try await withFolder { folder in
            let steps = Mutex<[String]>([])
            let path = folder + "/new/keys"
            var file = KeyFile(path: path, keys: [])
            try file.addKey(named: "one") { _, synced in
                let isNamed = FileManager.default.fileExists(atPath: path)
                let name = synced == folder ? "above" : synced == folder + "/new" ? "folder" : "file"
                let isWhole = name != "file" || (try? KeyFile.read(synced).current?.name) == "one"
                steps.withLock { $0.append("\(name) \(isNamed) \(isWhole)") }
                return true
            }
            #expect(steps.withLock { $0 } == ["above false true", "file false true", "folder true true"])
            #expect(try KeyFile.read(path).current?.name == "one")
        }
    }

    @Test("A key file that cannot be brought to the disk is not used, and the one before stays")
    func failed() async throws {
        try await withFolder { folder in
            let path = folder + "/keys"
            var file = KeyFile(path: path, keys: [])
            try file.addKey(named: "one")
            var next = try KeyFile.read(path)
            let error = await failure { try next.addKey(named: "two") { _, _ in false } }
            #expect(error?.code == .keyMissing)
            #expect(try KeyFile.read(path).current?.name == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["keys"])
        }
    }
}
