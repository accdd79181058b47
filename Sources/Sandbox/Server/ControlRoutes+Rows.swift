import Foundation
import Hummingbird
import NIOCore
import Synchronization

/// The controls that tell and change what the organisation holds.
extension ControlRoutes {
    private func selection(_ account: String?) -> Selection? {
        state.organisation(account)?.selection(state.switches.withLock { $0 })
    }

    /// Answers `GET /sandbox/truth/{entity}?from=&to=&drafts=&keys=&rows=`: the totals or rows that a client should
    /// hold.
    func truth(_ entity: String, _ query: [String: String]) throws -> Response {
        guard let selection = selection(query["account"]) else { return bad("No such account.") }
        var span: DaySpan?
        if query["from"] != nil || query["to"] != nil {
            guard let from = LocalDay(query["from"] ?? "00010101"), let to = LocalDay(query["to"] ?? "99991231") else {
                return bad("from and to must be dates.")
            }
            span = DaySpan(from: from.number, to: to.number)
        }
        let drafts = ExpectedTotalsCounter.Drafts(rawValue: query["drafts"] ?? "without") ?? .without
        let listsDrafts = state.switches.withLock { $0.listsDrafts }
        let truth = ExpectedTotalsCounter.truth(
            of: entity, in: ExpectedTotalsCounter.isWindowed(entity) ? span : nil,
            drafts: drafts == .without && listsDrafts ? .with : drafts, withKeys: query["keys"]?.lowercased() == "true",
            withRows: query["rows"]?.lowercased() == "true", selection: selection)
        guard let truth else {
            return bad("Entities are \(ExpectedTotalsCounter.kinds.keys.sorted().joined(separator: ", ")).")
        }
        return try .json(truth)
    }

    /// `GET /sandbox/first-day`: the earliest day any row is filed under.
    func firstDay(_ query: [String: String]) -> Response {
        guard let selection = selection(query["account"]) else { return bad("No such account.") }
        let kinds: [RowKind] = [.quote, .job, .purchaseOrder, .invoice, .time, .lead]
        let days = kinds.flatMap { kind in selection.rows(kind).map { selection.day(kind, Int($0)) } }
        let first = days.min().map { LocalDay($0) } ?? selection.renderer.sample.firstDay
        return .text(.ok, #"{"first_day":"\#(first)"}"#)
    }

    // MARK: edits

    /// `POST /sandbox/edit` with one edit or a list of them.
    func edit(_ query: [String: String], _ body: ByteBuffer) throws -> Response {
        guard let organisation = state.organisation(query["account"]) else { return bad("No such account.") }
        let bytes = Data(body.readableBytesView)
        let orders: [EditRequest]
        do {
            let several = try? JSONDecoder().decode([EditRequest].self, from: bytes)
            orders = try several ?? [JSONDecoder().decode(EditRequest.self, from: bytes)]
        } catch {
            return bad("An edit needs entity and key, and set, mark, number, date, delete or add.")
        }
        var keys: [String] = []
        do throws(EditRequest.Refusal) {
            for order in orders { keys.append(try order.perform(on: organisation, state)) }
        } catch {
            return bad(error.words)
        }
        struct Done: Encodable {
            var done = true
            var edits: Int
            var keys: [String]
        }
        return try .json(Done(edits: orders.count, keys: keys))
    }

    /// `POST /sandbox/mutate?seed=&count=`: random edits, answered as one JSON line for each.
    func mutate(_ query: [String: String]) throws -> Response {
        guard let organisation = state.organisation(query["account"]) else { return bad("No such account.") }
        guard let seed = query["seed"].flatMap({ UInt64($0) }), let count = query["count"].flatMap({ Int($0) }),
            count >= 0
        else { return bad("seed and count must be whole numbers.") }
        var mutator = Mutator(seed: seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines = ""
        for _ in 0..<count {
            let selection = organisation.selection(state.switches.withLock { $0 })
            guard var order = mutator.next(selection, today: state.configuration.today) else { continue }
            do throws(EditRequest.Refusal) {
                let key = try order.perform(on: organisation, state)
                // A renumbered row is named by the key it had, so that the edit can be made again.
                if order.key == nil { order.key = key }
            } catch {
                return bad(error.words)
            }
            lines += String(decoding: try encoder.encode(order), as: UTF8.self) + "\n"
        }
        return .text(.ok, lines, type: "application/jsonl")
    }

    // MARK: the clock

    /// `GET`, `POST`, `DELETE /sandbox/clock`: shows, sets (`shift` in seconds, `at`) or resets the platform's clock.
    func clock(_ parts: RequestParts) -> Response {
        if parts.method == .post {
            var clock = state.clock.withLock { $0 }
            if let text = parts.query["shift"] {
                guard let shift = Double(text) else { return bad("shift must be a number of seconds.") }
                clock.shift = shift
            }
            if let text = parts.query["at"] {
                guard let instant = Endpoints.seconds(text) else { return bad("at must be yyyy-MM-ddTHH:mm:ss.") }
                clock.fixed = Double(instant)
            }
            let settled = clock
            state.clock.withLock { $0 = settled }
        } else if parts.method == .delete {
            state.clock.withLock { $0 = PlatformClock() }
        }
        return .text(.ok, #"{"now":"\#(EditRequest.instant(Int(state.platformNow)))"}"#)
    }
}

extension ExpectedTotalsCounter {
    /// Whether the entity's list takes a window; the others are answered whole.
    static func isWindowed(_ entity: String) -> Bool {
        [
            "quote", "job", "purchase_order", "invoice", "timesheet", "lead", "job_cost", "job_status",
            "invoice_payment",
        ].contains(entity)
    }
}
