import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Inflow
import Testing

@testable import ConnectionPage

@Suite("A living page", .timeLimit(.minutes(1)))
struct EventStreamTests {
    /// What the warehouse and the sessions answer, look after look; the last answer stays.
    private actor Script: EntryService {
        enum Answer: Sendable {
            case parts(String)
            case away
            case broken
            case signedOut
            case otherConnections
        }

        struct Odd: Error {}

        private var answers: [Answer]
        private var isAsked = false

        init(_ answers: [Answer]) { self.answers = answers }

        /// The first look is that of the page's own request.
        func visitor(session secret: String) async throws -> Visitor? {
            defer { isAsked = true }
            guard isAsked else { return NumberFixture.viewer }
            switch answers.first {
            case .signedOut: return nil
            case .otherConnections: return NumberFixture.visitor([.view], connections: ["other"])
            case .parts, .away, .broken, nil: return NumberFixture.viewer
            }
        }

        func parts() throws -> [EventStream.Part] {
            let answer = answers[0]
            if answers.count > 1 { answers.removeFirst() }
            switch answer {
            case .parts(let html): return [EventStream.Part(id: "live", html: html)]
            case .away: throw PageProblem(.unavailable, "The warehouse does not answer", "Nothing was changed.")
            case .broken: throw Odd()
            case .signedOut, .otherConnections: return []
            }
        }

        func enter(link: String, from client: Client) async throws -> String? { nil }
        func signIn(
            name: String, password: String, from client: Client, replacing secret: String?
        ) async throws -> EntryOutcome { .refused }
        func signOut(session secret: String, from client: Client) async throws {}
        func hasUsers() async throws -> Bool { true }
    }

    /// The events that a browser gets until the server ends the stream.
    private func events(_ answers: [Script.Answer]) async throws -> [(name: String, id: String?, html: String?)] {
        let script = Script(answers)
        let router = Router(context: PageContext.self)
        var routes = PageRoutes(router: router, gate: Gate(entry: script, doors: .loopback))
        routes.pause = .milliseconds(1)
        routes.live("connections/:connection/live") { _ in try await script.parts() }
        let text = Text()
        try await Application(router: router).test(.router) { client in
            let answer = try await client.execute(
                uri: "/connections/acme/live", method: .get, headers: [.cookie: "inflow_session=secret"])
            #expect(answer.headers[.contentType] == "text/event-stream")
            await text.keep(answer.text)
        }
        return try await text.text.components(separatedBy: "\n\n").dropLast().map { event in
            let lines = event.split(separator: "\n")
            let name = try #require(lines.first).dropFirst("event: ".count)
            let data = Data(try #require(lines.last).dropFirst("data: ".count).utf8)
            let part = try? JSONDecoder().decode([String: String].self, from: data)
            return (String(name), part?["id"], part?["html"])
        }
    }

    private actor Text {
        private(set) var text = ""
        func keep(_ text: String) { self.text = text }
    }

    @Test("The stream ends with the session, says so with a way to sign in, and tells the browser not to come back")
    func ended() async throws {
        for end in [Script.Answer.signedOut, .otherConnections] {
            let events = try await events([.parts("one"), .parts("two"), end])
            #expect(events.map(\.name) == ["part", "part", "part", "part", "ended"], "\(events)")
            #expect(events.map(\.id) == ["live", "live-state", "live", "live-state", nil])
            #expect(events.prefix(3).map(\.html) == ["one", "", "two"])
            let words = try #require(events[3].html)
            #expect(words == "Your session has ended: what you see is old. <a href=\"/sign-in\">Sign in</a> to go on.")
        }
    }

    @Test("While the warehouse does not answer the page says that it is old, and no longer once it answers")
    func old() async throws {
        for trouble in [Script.Answer.away, .broken] {
            let events = try await events([.parts("one"), trouble, trouble, .parts("one"), .parts("two"), .signedOut])
            let states = events.filter { $0.id == "live-state" }.map(\.html)
            #expect(
                states.dropLast() == ["", "The warehouse does not answer: what you see is old.", ""], "\(events)")
            // What has not changed is not sent again.
            #expect(events.filter { $0.id == "live" }.map(\.html) == ["one", "two"])
        }
    }
}
