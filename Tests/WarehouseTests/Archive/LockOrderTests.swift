import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("10.E24 Merges with archived answers take their locks in one order", .warehouse)
struct LockOrderTests {
    @Test("Loaders that merge chunks of the same requests again and again never wait for each other in a circle")
    func noDeadlock() async throws {
        let fixture = try await LoaderFixture()
        let chunks: [Chunk] = (0..<3).map { .parents(["\($0)", "\(($0 + 1) % 3)"]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    let loader = fixture.loader()
                    for turn in 0..<15 {
                        let chunk = chunks[(worker + turn) % 3]
                        guard case .parents(let keys) = chunk else { continue }
                        let asked = worker.isMultiple(of: 2) ? keys : keys.reversed()
                        try await loader.begin(.datedThing, carries: .everything, chunk: chunk)
                        // The same bytes again touch the row that is there; others supersede it.
                        for key in asked {
                            let bytes: [UInt8] = [UInt8(turn % 2)]
                            try await loader.archive(LoaderFixture.answer(bytes, key: key, digest: bytes))
                        }
                        _ = try await loader.merge(ChunkReceipt())
                    }
                    await loader.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await fixture.rows("select deadlocks from pg_stat_database where datname = current_database()") == ["0"]
        )
    }
}
