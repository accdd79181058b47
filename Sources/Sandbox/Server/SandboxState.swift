import Foundation
import NIOCore
import Synchronization

/// Everything the running sandbox keeps; each part behind its own lock.
final class SandboxState: Sendable {
    let organisations: [String: SandboxOrganisation]
    let configuration: SandboxConfiguration
    let tokens: Mutex<Tokens>
    let faults = Mutex(Faults())
    /// Answers that the fault `hold` keeps back.
    let held = HeldAnswers()
    let log: Mutex<CallLog>
    let switches: Mutex<Switches>
    /// How far the platform's clock is wrong.
    let clock = Mutex(PlatformClock())

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        tokens = Mutex(Tokens(configuration))
        log = Mutex(CallLog(capacity: configuration.logCapacity))
        switches = Mutex(Switches(configuration))
        var organisations: [String: SandboxOrganisation] = [:]
        var first: SandboxOrganisation?
        for (position, account) in configuration.accountIDs.enumerated() {
            let organisation =
                first.map { SandboxOrganisation(sharing: $0, configuration) }
                ?? SandboxOrganisation(configuration, seed: configuration.seed &+ UInt64(position))
            organisations[account.lowercased()] = organisation
            if configuration.sharesRows { first = organisation }
        }
        self.organisations = organisations
    }

    /// The organisation with the identifier, or the first one when none is given.
    func organisation(_ account: String?) -> SandboxOrganisation? {
        guard let account = account ?? configuration.accountIDs.first else { return nil }
        return organisations[account.lowercased()]
    }

    /// The time by the platform's clock: that of modified records and of the `Date` header.
    var platformNow: Double { clock.withLock { $0.now(configuration.now().timeIntervalSince1970) } }

    /// The time of tokens, limits and log in seconds since 1970.
    var now: Double { configuration.now().timeIntervalSince1970 }
}

/// One organisation with the changes made to it and the count of its calls.
final class SandboxOrganisation: Sendable {
    /// What organisations may share: the rows, with the changes made to them, and the bodies kept of them.
    private final class Rows: Sendable {
        let original: Renderer
        let renderer: Mutex<Renderer>
        let kept = Mutex(KeptBodies())

        init(_ original: Renderer) {
            self.original = original
            renderer = Mutex(original)
        }
    }

    private let rows: Rows
    let limiter: Mutex<CallLimiter>

    init(_ configuration: SandboxConfiguration, seed: UInt64) {
        rows = Rows(
            Renderer(sample: SampleBuilder.organisation(configuration, seed: seed), configuration: configuration))
        limiter = Mutex(CallLimiter(limits: configuration.limits))
    }

    /// An organisation with the rows of another and limits of its own.
    init(sharing other: SandboxOrganisation, _ configuration: SandboxConfiguration) {
        rows = other.rows
        limiter = Mutex(CallLimiter(limits: configuration.limits))
    }

    /// The organisation as it is now; later changes do not show in it.
    func selection(_ switches: Switches) -> Selection {
        Selection(renderer: rows.renderer.withLock { $0 }, jobsByStartDate: switches.jobsByStartDate)
    }

    /// Changes rows; kept bodies are forgotten.
    func change(_ body: (inout Edits) -> Void) {
        rows.renderer.withLock { body(&$0.edits) }
        rows.kept.withLock { $0.removeAll() }
    }

    /// Adds a row; nil for kinds that cannot be added to.
    func add(_ kind: RowKind, like index: Int, on day: Int) -> Int? {
        rows.renderer.withLock { $0.add(kind, like: index, on: day) }
    }

    /// Takes back every change.
    func restore() {
        rows.renderer.withLock { $0.restore(rows.original) }
        rows.kept.withLock { $0.removeAll() }
    }

    /// The body kept for a call, or the one `make` gives, kept if it was made from the present rows.
    func keptBody(_ target: String, selection: Selection, make: () -> ByteBuffer) -> ByteBuffer {
        let generation = selection.renderer.edits.generation
        if let body = rows.kept.withLock({ $0.body(target, generation: generation) }) { return body }
        let body = make()
        rows.kept.withLock { $0.keep(body, target, generation: generation) }
        return body
    }
}

/// Rendered bodies by path and query, for one state of the organisation.
struct KeptBodies: Sendable {
    private var bodies: [String: (generation: Int, body: ByteBuffer)] = [:]

    func body(_ target: String, generation: Int) -> ByteBuffer? {
        guard let kept = bodies[target], kept.generation == generation else { return nil }
        return kept.body
    }

    mutating func keep(_ body: ByteBuffer, _ target: String, generation: Int) {
        bodies[target] = (generation, body)
    }

    mutating func removeAll() {
        bodies.removeAll()
    }
}

/// The behaviours that can be switched while the sandbox runs.
struct Switches: Sendable, Codable {
    var unknownIsStatusError: Bool
    var unknownIsUnnamed: Bool
    var refusesLongWindows: Bool
    var jobsByStartDate: Bool
    var listsDrafts: Bool
    var pagesUnasked: Bool
    var currentJobsIgnorePages: Bool
    var refusesConsent: Bool
    /// The most days, both ends counted, that a window may have; 0 for no such limit.
    var longestWindowDays: Int
    /// The most rows of a page, whatever `pagesize` asks for; 0 for no such limit.
    var longestPage: Int

    init(_ configuration: SandboxConfiguration) {
        unknownIsStatusError = configuration.unknownIsStatusError
        unknownIsUnnamed = configuration.unknownIsUnnamed
        refusesLongWindows = configuration.refusesLongWindows
        longestWindowDays = configuration.longestWindowDays
        longestPage = configuration.longestPage
        jobsByStartDate = configuration.jobsByStartDate
        listsDrafts = configuration.listsDrafts
        pagesUnasked = configuration.pagesUnasked
        currentJobsIgnorePages = configuration.currentJobsIgnorePages
        refusesConsent = configuration.refusesConsent
    }

    /// The value of a switch in a request: most are on or off, some are numbers.
    enum Value: Decodable {
        case flag(Bool)
        case number(Int)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                self = .flag(flag)
            } else {
                self = .number(try value.decode(Int.self))
            }
        }
    }

    /// Sets a switch by name; false when there is none of that name that takes such a value.
    mutating func set(_ name: String, _ value: Value) -> Bool {
        guard case .flag(let value) = value else {
            let numbers: [String: WritableKeyPath<Switches, Int>] = [
                "longestWindowDays": \.longestWindowDays, "longestPage": \.longestPage,
            ]
            guard case .number(let number) = value, let path = numbers[name], number >= 0 else { return false }
            self[keyPath: path] = number
            return true
        }
        let paths: [String: WritableKeyPath<Switches, Bool>] = [
            "unknownIsStatusError": \.unknownIsStatusError, "unknownIsUnnamed": \.unknownIsUnnamed,
            "refusesLongWindows": \.refusesLongWindows,
            "jobsByStartDate": \.jobsByStartDate, "listsDrafts": \.listsDrafts, "pagesUnasked": \.pagesUnasked,
            "currentJobsIgnorePages": \.currentJobsIgnorePages, "refusesConsent": \.refusesConsent,
        ]
        guard let path = paths[name] else { return false }
        self[keyPath: path] = value
        return true
    }
}
