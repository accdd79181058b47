import Curl
import Foundation
import Inflow
import Sandbox

/// A sandbox that serves over HTTP in this process for the length of a test, with its controls.
struct RunningSandbox: Sendable {
    let configuration: SandboxConfiguration
    let address: String
    private let transfer = Transfer(configuration: CurlConfiguration())

    /// A small firm whose days end today, without limits and without illegal characters.
    static func small(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.scale = 0.03
        if let today = LocalDay(InflowFixture.today.description) { configuration.today = today }
        configuration.illegalCharacters = false
        configuration.limits = .off
        change(&configuration)
        return configuration
    }

    /// Runs `body` while the sandbox serves.
    static func run<T: Sendable>(
        _ configuration: SandboxConfiguration, _ body: (RunningSandbox) async throws -> T
    ) async throws -> T {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let sandbox = Sandbox(configuration)
        let serving = Task {
            defer { ready.finish() }
            try await sandbox.run { ready.yield($0) }
        }
        var first = ports.makeAsyncIterator()
        guard let port = await first.next() else {
            try await serving.value
            throw SandboxRefusal(description: "The sandbox ended before it served.")
        }
        let outcome: Result<T, any Error>
        do {
            outcome = .success(
                try await body(
                    RunningSandbox(configuration: configuration, address: "http://127.0.0.1:\(port)")))
        } catch {
            outcome = .failure(error)
        }
        serving.cancel()
        _ = await serving.result
        return try outcome.get()
    }

    private init(configuration: SandboxConfiguration, address: String) {
        self.configuration = configuration
        self.address = address
    }

    // MARK: controls

    /// The answer of a control, which must be 200.
    @discardableResult
    func control(_ method: CurlRequest.Method, _ path: String, _ json: String = "") async throws -> Data {
        let request = CurlRequest(
            url: "\(address)/sandbox/\(path)", method: method, body: method == .post ? Array(json.utf8) : nil)
        let response = try await transfer.send(request)
        let body = try await response.body.collect(atMost: 1 << 26)
        guard response.status == 200 else {
            throw SandboxRefusal(description: "/sandbox/\(path): \(String(decoding: body, as: UTF8.self))")
        }
        return Data(body)
    }

    /// Lets something go wrong with the calls of a path; `more` are further fields of the fault in JSON.
    func fault(_ kind: String, at path: String, times: Int = 1, more: String = "") async throws {
        let further = more.isEmpty ? "" : ",\(more)"
        try await control(.post, "faults", #"{"kind":"\#(kind)","match":"\#(path)","times":\#(times)\#(further)}"#)
    }

    /// Changes an element of a row; `nil` takes it out.
    func edit(_ entity: String, _ key: String, _ element: String, _ value: String?) async throws {
        let order: [String: Any] = ["entity": entity, "key": key, "set": [element: value ?? NSNull()] as [String: Any]]
        let json = try JSONSerialization.data(withJSONObject: order)
        try await control(.post, "edit", String(decoding: json, as: UTF8.self))
    }

    /// Moves a row to another day.
    func move(_ entity: String, _ key: String, to day: LocalDate) async throws {
        try await control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","date":"\#(day)"}"#)
    }

    /// What a loader must find of an entity, of rows filed under a day of the window if it is one that has days.
    ///
    /// Lists by date leave drafts out; a Sync All reads them from the lists of open documents.
    func truth(_ entity: String, in window: Window? = nil, drafts: Bool = false) async throws -> ExpectedTotals {
        let span = window.map { "&from=\($0.from)&to=\($0.last)" } ?? ""
        let query = "keys=true&drafts=\(drafts ? "with" : "without")\(span)"
        return try JSONDecoder().decode(
            ExpectedTotals.self, from: try await control(.get, "truth/\(entity)?\(query)"))
    }

    /// The earliest day a row is filed under.
    func firstDay() async throws -> String {
        let answer = try JSONDecoder().decode([String: String].self, from: try await control(.get, "first-day"))
        return answer["first_day"] ?? ""
    }

    /// How often the token endpoint was asked.
    func tokenRequests() async throws -> Int { try await calls("/oauth/token") }

    /// How often a path was asked.
    func calls(_ path: String) async throws -> Int {
        try await log().count { $0.target == path || $0.target.hasPrefix(path + "?") }
    }

    /// All calls since the log was cleared, in the order of their arrival.
    func log() async throws -> [LoggedCall] {
        try JSONDecoder().decode([LoggedCall].self, from: try await control(.get, "log"))
    }

    // MARK: held answers

    /// Makes the sandbox hold its answers to the next calls of a path until ``release()``.
    func hold(_ path: String, times: Int = 1) async throws { try await fault("hold", at: path, times: times) }

    /// Returns once the sandbox holds this many answers.
    func untilHeld(_ count: Int = 1) async throws { try await control(.get, "held?count=\(count)") }

    /// Sends the held answers.
    func release() async throws { try await control(.post, "release") }
}

/// A call as the sandbox logged it.
struct LoggedCall: Decodable, Sendable {
    /// Path and query as sent.
    var target: String
    /// The HTTP status; 0 until the sandbox decided on one.
    var status: Int
    /// The kind of the fault that happened to it.
    var fault: String?
}

/// Counts, exact sums and keys of an entity, as the sandbox tells them.
struct ExpectedTotals: Decodable, Sendable {
    var count: Int
    var children: [String: Int]
    var sums: [String: String]
    var keys: [String]
}

/// The sandbox did not do what it was asked.
struct SandboxRefusal: Error, CustomStringConvertible {
    let description: String
}
