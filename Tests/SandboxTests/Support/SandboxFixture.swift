import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

/// A running sandbox with a bearer, for one test.
struct SandboxFixture: Sendable {
    static let account = SandboxConfiguration().accountIDs[0]
    static let accountName = HTTPField.Name("account_id") ?? .from

    let client: any TestClientProtocol
    let bearer: String

    /// A small organisation on a fixed day.
    static func small(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.scale = 0.05
        configuration.today = LocalDay(year: 2026, month: 11, day: 21)
        configuration.illegalCharacters = false
        configuration.limits = .off
        change(&configuration)
        return configuration
    }

    /// Runs `body` against a sandbox, over a real connection when `live`.
    static func run(
        _ configuration: SandboxConfiguration = small(), live: Bool = false,
        _ body: @escaping @Sendable (SandboxFixture) async throws -> Void
    ) async throws {
        try await Sandbox(configuration).application().test(live ? .live : .router) { client in
            let first = try await refresh(client, "sandbox-refresh-token")
            try await body(SandboxFixture(client: client, bearer: first.access))
        }
    }

    /// A call of a data endpoint.
    func get(_ path: String, bearer: String? = nil, account: String? = account) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: "Bearer \(bearer ?? self.bearer)"]
        if let account { headers[SandboxFixture.accountName] = account }
        return try await client.execute(uri: path, method: .get, headers: headers)
    }

    /// The body of a call that must succeed.
    func body(_ path: String) async throws -> XMLCount {
        let response = try await get(path)
        #expect(response.status == .ok, "\(path)")
        return try XMLCount(Data(response.body.readableBytesView))
    }

    /// A call of a control endpoint.
    @discardableResult
    func control(_ method: HTTPRequest.Method, _ path: String, _ json: String = "") async throws -> TestResponse {
        let response = try await client.execute(
            uri: "/sandbox/\(path)", method: method, body: ByteBuffer(string: json))
        #expect(response.status == .ok, "\(path) \(String(buffer: response.body))")
        return response
    }

    /// The answer of the token endpoint.
    static func token(_ client: any TestClientProtocol, _ form: String) async throws -> TestResponse {
        try await client.execute(
            uri: "/oauth/token", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: ByteBuffer(string: form + "&client_id=sandbox-client&client_secret=sandbox-secret"))
    }

    /// A refresh that must succeed.
    static func refresh(_ client: any TestClientProtocol, _ token: String) async throws -> (
        access: String, refresh: String
    ) {
        let response = try await SandboxFixture.token(client, "grant_type=refresh_token&refresh_token=\(token)")
        return try granted(response)
    }

    /// The tokens of an answer.
    static func granted(_ response: TestResponse) throws -> (access: String, refresh: String) {
        struct Granted: Decodable {
            var access_token: String
            var refresh_token: String
        }
        #expect(response.status == .ok)
        let granted = try JSONDecoder().decode(Granted.self, from: Data(response.body.readableBytesView))
        return (granted.access_token, granted.refresh_token)
    }
}

/// A window that holds everything.
let always = "from=20200101&to=20301231"

extension TestResponse {
    /// The body as text.
    var text: String { String(buffer: body) }
}
