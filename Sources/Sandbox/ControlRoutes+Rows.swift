import Foundation
import Hummingbird
import NIOCore
import Synchronization

/// The controls that tell and change what the firm holds.
extension ControlRoutes {
    private func selection(_ account: String?) -> Selection? {
        stage.organisation(account)?.selection(stage.switches.withLock { $0 })
    }

    /// `GET /sandbox/truth/{entity}?from=&to=&drafts=&keys=`.
    func truth(_ entity: String, _ query: [String: String]) throws -> Response {
        guard let selection = selection(query["account"]) else { return bad("No such account.") }
        var span: DaySpan?
        if query["from"] != nil || query["to"] != nil {
            guard let from = LocalDay(query["from"] ?? "00010101"), let to = LocalDay(query["to"] ?? "99991231") else {
                return bad("from and to must be dates.")
            }
            span = DaySpan(from: from.number, to: to.number)
        }
        let drafts = TruthTeller.Drafts(rawValue: query["drafts"] ?? "without") ?? .without
        let listsDrafts = stage.switches.withLock { $0.listsDrafts }
        let truth = TruthTeller.truth(
            of: entity, in: TruthTeller.isWindowed(entity) ? span : nil,
            drafts: drafts == .without && listsDrafts ? .with : drafts, withKeys: query["keys"]?.lowercased() == "true",
            selection: selection)
        guard let truth else {
            return bad("Entities are \(TruthTeller.kinds.keys.sorted().joined(separator: ", ")).")
        }
        return try .json(truth)
    }

    /// `GET /sandbox/first-day`: the earliest day any row is filed under.
    func firstDay(_ query: [String: String]) -> Response {
        guard let selection = selection(query["account"]) else { return bad("No such account.") }
        let kinds: [Kind] = [.quote, .job, .purchaseOrder, .invoice, .time, .lead]
        let days = kinds.flatMap { kind in selection.rows(kind).map { selection.day(kind, Int($0)) } }
        let first = days.min().map { LocalDay($0) } ?? selection.renderer.firm.firstDay
        return .text(.ok, #"{"first_day":"\#(first)"}"#)
    }

    // MARK: edits

    /// `POST /sandbox/edit` with one edit or a list of them.
    func edit(_ query: [String: String], _ body: ByteBuffer) throws -> Response {
        guard let organisation = stage.organisation(query["account"]) else { return bad("No such account.") }
        let bytes = Data(body.readableBytesView)
        let orders: [EditOrder]
        do {
            let several = try? JSONDecoder().decode([EditOrder].self, from: bytes)
            orders = try several ?? [JSONDecoder().decode(EditOrder.self, from: bytes)]
        } catch {
            return bad("An edit needs entity and key, and set, delete or date.")
        }
        for order in orders {
            let selection = organisation.selection(stage.switches.withLock { $0 })
            guard let kind = TruthTeller.kinds[order.entity],
                let index = selection.find(kind, order.key, evenDeleted: true)
            else { return bad("There is no \(order.entity) with key \(order.key).") }
            guard order.date == nil || LocalDay(order.date ?? "") != nil else {
                return bad("The date must be yyyy-MM-dd.")
            }
            let now = Int(stage.now)
            let byStart = selection.jobsByStartDate
            organisation.change { edits in
                edits.change(kind, index) { order.apply(to: &$0, kind: kind, now: now, jobsByStartDate: byStart) }
            }
        }
        return .text(.ok, #"{"done":true,"edits":\#(orders.count)}"#)
    }
}

extension TruthTeller {
    /// Whether the entity's list takes a window; the others are told whole.
    static func isWindowed(_ entity: String) -> Bool {
        [
            "quote", "job", "purchase_order", "invoice", "timesheet", "lead", "job_cost", "job_status",
            "invoice_payment",
        ].contains(entity)
    }
}

/// A change asked for over HTTP.
struct EditOrder: Decodable, Sendable {
    /// A JSON value as the text of an element.
    struct Value: Decodable, Sendable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                text = nil
            } else if let flag = try? value.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else if let number = try? value.decode(Int.self) {
                text = String(number)
            } else if let number = try? value.decode(Decimal.self) {
                text = "\(number)"
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    var entity: String
    var key: String
    var set: [String: Value]?
    var delete: Bool?
    var date: String?

    /// Changes the row's edit; jobs and clients then count as modified.
    func apply(to edit: inout RowEdit, kind: Kind, now: Int, jobsByStartDate: Bool) {
        for (name, value) in set ?? [:] { edit.set[name] = .some(value.text) }
        if let delete { edit.isDeleted = delete }
        let dateField = kind == .job ? (jobsByStartDate ? "StartDate" : "DateCreatedUtc") : "Date"
        if let day = date.flatMap({ LocalDay($0) }) {
            edit.day = day.number
            edit.set[dateField] = "\(day)T00:00:00"
        } else if let value = set?[dateField]?.text, let day = LocalDay(value) {
            edit.day = day.number
        }
        guard kind == .job || kind == .client else { return }
        edit.modified = now
        if kind == .job, set?["DateModifiedUtc"] == nil {
            edit.set["DateModifiedUtc"] = EditOrder.instant(now)
        } else if let stated = set?["DateModifiedUtc"]?.text, let seconds = Endpoints.seconds(stated) {
            edit.modified = seconds
        }
    }

    private static func instant(_ seconds: Int) -> String {
        var writer = XMLWriter(spelling: SandboxSpelling())
        writer.instant("I", Int32(seconds / 86_400), second: Int32(seconds % 86_400))
        return String(decoding: writer.bytes.dropFirst(3).dropLast(4), as: UTF8.self)
    }
}
