import Foundation
import Synchronization

/// A change asked for over HTTP: one JSON object.
///
/// | field | what it does |
/// |---|---|
/// | `entity`, `key` | which row, by its identifier or number; deleted ones are found too |
/// | `set` | values by path below the row, such as `{"Name": "New", "Costs/Cost[1]/Amount": "7.0000", "Job": null}` |
/// | `mark` | brings a document into a state with what belongs to it: see `EditRequest.marked` |
/// | `number` | gives a job, invoice, quote or purchase order another number, also where other rows name it |
/// | `date` | files the row under another day, `yyyy-MM-dd` |
/// | `delete` | takes the row out of every answer, or (false) brings it back |
/// | `add` | true: makes a new row, a copy of `like` (or of the first one), filed under `date` |
///
/// Of a `…_custom_field` the key is that of the record and of the definition, with a `/` between them: `set` gives the
/// value under any name, `delete` clears it, `delete` false takes the change back. The record does not count as changed
/// by that.
struct EditRequest: Codable, Sendable {
    /// A JSON value as the text of an element.
    struct Value: Codable, Sendable {
        var text: String?

        init(_ text: String?) { self.text = text }

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

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            if let text { try value.encode(text) } else { try value.encodeNil() }
        }
    }

    /// Why an edit cannot be done.
    struct Refusal: Error {
        var words: String
    }

    var entity: String
    var key: String?
    var set: [String: Value]?
    var mark: String?
    var number: String?
    var date: String?
    var delete: Bool?
    var add: Bool?
    var like: String?

    /// Does it and gives the row's key.
    func perform(on organisation: SandboxOrganisation, _ state: SandboxState) throws(Refusal) -> String {
        let switches = state.switches.withLock { $0 }
        let selection = organisation.selection(switches)
        if let owner = FieldOwner(entity: entity) { return try setValue(of: owner, organisation, selection) }
        guard let kind = ExpectedTotalsCounter.kinds[entity] else {
            throw Refusal(words: "There is no entity \(entity).")
        }
        guard date == nil || date.flatMap({ LocalDay($0) }) != nil else {
            throw Refusal(words: "The date must be yyyy-MM-dd.")
        }
        let index = add == true ? try added(kind, selection, organisation, state) : try found(kind, selection)
        var set = set ?? [:]
        if let mark {
            guard let marked = EditRequest.marked(mark, selection, kind, index, today: state.configuration.today) else {
                throw Refusal(words: "A \(entity) cannot be marked \(mark).")
            }
            set.merge(marked) { given, _ in given }
        }
        var number = number
        if EditRequest.isNumbered(kind), let given = set.removeValue(forKey: "ID") { number = number ?? given.text }
        guard number == nil || EditRequest.isNumbered(kind) else {
            throw Refusal(words: "A \(entity) has no number.")
        }
        let (now, byStart) = (Int(state.platformNow), switches.jobsByStartDate)
        let (values, given) = (set, number)
        organisation.change { edits in
            edits.change(kind, index) { edit in
                if let given { edit.number = given }
                apply(values, to: &edit, kind: kind, now: now, jobsByStartDate: byStart)
            }
        }
        return organisation.selection(switches).key(kind, index)
    }

    /// Sets or clears a custom field's value: `key` is the record's and the definition's, `set` has one value under any
    /// name.
    private func setValue(
        of owner: FieldOwner, _ organisation: SandboxOrganisation, _ selection: Selection
    ) throws(Refusal) -> String {
        guard let key, let place = owner.place(of: key, selection) else {
            throw Refusal(words: "There is no field \(key ?? "") of a \(entity): give record/definition.")
        }
        let value: String??
        if let given = set?.values.first {
            value = .some(given.text)
        } else {
            value = delete == false ? nil : .some(nil)
        }
        organisation.change { $0.setValue(place, value) }
        return key
    }

    private func found(_ kind: RowKind, _ selection: Selection) throws(Refusal) -> Int {
        guard let key, let index = selection.find(kind, key, evenDeleted: true) else {
            throw Refusal(words: "There is no \(entity) with key \(key ?? "").")
        }
        return index
    }

    private func added(
        _ kind: RowKind, _ selection: Selection, _ organisation: SandboxOrganisation, _ state: SandboxState
    ) throws(Refusal) -> Int {
        let model = like.map { selection.find(kind, $0, evenDeleted: true) } ?? (selection.count(kind) > 0 ? 0 : nil)
        guard let model else { throw Refusal(words: "There is no \(entity) to add another like it.") }
        let day = date.flatMap { LocalDay($0) } ?? state.configuration.today
        guard let index = organisation.add(kind, like: model, on: day.number) else {
            throw Refusal(words: "No \(entity) can be added.")
        }
        return index
    }

    static func isNumbered(_ kind: RowKind) -> Bool {
        [.job, .invoice, .quote, .purchaseOrder].contains(kind)
    }

    /// Changes the row's edit; jobs and clients then count as modified.
    private func apply(
        _ set: [String: Value], to edit: inout RowEdit, kind: RowKind, now: Int, jobsByStartDate: Bool
    ) {
        for (name, value) in set { edit.set[name] = .some(value.text) }
        if let delete { edit.isDeleted = delete }
        let dateField = kind == .job ? (jobsByStartDate ? "StartDate" : "DateCreatedUtc") : "Date"
        if add != true, let day = date.flatMap({ LocalDay($0) }) {
            edit.day = day.number
            edit.set[dateField] = "\(day)T00:00:00"
        } else if let value = set[dateField]?.text, let day = LocalDay(value) {
            edit.day = day.number
        }
        guard kind == .job || kind == .client else { return }
        edit.modified = now
        if kind == .job, set["DateModifiedUtc"] == nil {
            edit.set["DateModifiedUtc"] = EditRequest.instant(now)
        } else if let stated = set["DateModifiedUtc"]?.text, let seconds = Endpoints.seconds(stated) {
            edit.modified = seconds
        }
    }

    /// An instant as the platform writes it, in UTC.
    static func instant(_ seconds: Int) -> String {
        var writer = XMLWriter(spelling: SandboxSpelling())
        writer.instant("I", Int32(seconds / 86_400), second: Int32(seconds % 86_400))
        return String(decoding: writer.bytes.dropFirst(3).dropLast(4), as: UTF8.self)
    }
}

extension EditRequest {
    /// The states each kind of document can be marked with.
    static let marks: [RowKind: [String]] = [
        .invoice: ["draft", "approved", "paid", "cancelled"],
        .quote: ["draft", "issued", "accepted", "declined", "archived"],
        .purchaseOrder: ["draft", "issued", "received", "cancelled"],
        .job: ["open", "completed", "cancelled"],
        .lead: ["current", "won", "lost"],
    ]

    /// The values that go with a state: a paid invoice has nothing outstanding, a completed job the day it was.
    fileprivate static func marked(
        _ mark: String, _ selection: Selection, _ kind: RowKind, _ index: Int, today: LocalDay
    ) -> [String: Value]? {
        let mark = mark.lowercased()
        guard marks[kind]?.contains(mark) == true else { return nil }
        let state = mark.prefix(1).uppercased() + mark.dropFirst()
        let day = "\(today)T00:00:00"
        switch kind {
        case .invoice:
            let row = selection.renderer.sample.invoices[index]
            let total =
                selection.edited(.invoice, index, "AmountIncludingTax").flatMap { Money($0) } ?? row.amount + row.tax
            let paid = mark == "paid" ? total : .zero
            let outstanding = mark == "paid" || mark == "cancelled" ? Money.zero : total
            return [
                "Status": Value(state), "AmountPaid": Value(paid.text), "AmountOutstanding": Value(outstanding.text),
            ]
        case .job:
            if mark == "open" { return ["State": Value("In Progress"), "CompletedDate": Value(nil)] }
            return ["State": Value(state), "CompletedDate": Value(day)]
        case .lead: return ["State": Value(state), "DateWonLost": Value(mark == "current" ? nil : day)]
        default: return ["State": Value(state)]
        }
    }
}
