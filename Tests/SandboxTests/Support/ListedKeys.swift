import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

/// What the truth tells, as far as these tests look.
struct ListedKeys: Decodable {
    var count: Int
    var children: [String: Int]
    var keys: [String]
}

/// The truth about an entity, drafts included.
func toldKeys(_ fixture: SandboxFixture, _ entity: String, _ more: String = "") async throws -> ListedKeys {
    let response = try await fixture.control(.get, "truth/\(entity)?keys=true&drafts=with\(more)")
    return try JSONDecoder().decode(ListedKeys.self, from: Data(response.body.readableBytesView))
}

/// Keys at a path of a list.
func listed(_ fixture: SandboxFixture, _ list: String, _ path: String) async throws -> [String] {
    try await fixture.body("/\(list)").all(path)
}
