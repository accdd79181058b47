import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

/// What the truth tells, as far as these tests look.
struct ToldKeys: Decodable {
    var count: Int
    var children: [String: Int]
    var keys: [String]
}

/// The truth about an entity, drafts included.
func toldKeys(_ play: Play, _ entity: String, _ more: String = "") async throws -> ToldKeys {
    let response = try await play.control(.get, "truth/\(entity)?keys=true&drafts=with\(more)")
    return try JSONDecoder().decode(ToldKeys.self, from: Data(response.body.readableBytesView))
}

/// Keys at a path of a list.
func listed(_ play: Play, _ list: String, _ path: String) async throws -> [String] {
    try await play.body("/\(list)").all(path)
}
