/// Turns the rows of an organisation into XML, from the reference and from nothing else.
///
/// Rows keep numbers and positions, not texts; the renderer makes identifiers, names and addresses from them while it
/// writes. That keeps 200,000 time entries in a few megabytes and makes the same seed give the same bytes.
///
/// An edit is worked into the bytes of its row when `XMLWriter` closes the row. Elements therefore need no knowledge of
/// edits, and the truth (`ExpectedRow`) reads the same bytes that a client gets. The spellings in which generations of
/// the platform differ are decided in `XMLWriter`, or where an element exists in one generation only.
struct Renderer: Sendable {
    private var box: SampleBox
    let spelling: SandboxSpelling
    let illegalCharacters: Bool
    var edits = Edits()

    init(sample: SampleOrganisation, configuration: SandboxConfiguration) {
        box = SampleBox(sample)
        spelling = configuration.spelling
        illegalCharacters = configuration.illegalCharacters
    }

    /// The organisation being rendered, lent and never copied.
    @inline(__always)
    var sample: SampleOrganisation {
        _read { yield box.rows }
    }

    /// Appends a copy of a row with all that hangs on it, filed under a day; nil for kinds that cannot be added to.
    mutating func add(_ kind: RowKind, like index: Int, on day: Int) -> Int? {
        var sample = box.rows
        guard let place = sample.append(kind, like: index, on: day) else { return nil }
        box = SampleBox(sample)
        return place
    }

    /// Takes back every change, rows that were added included.
    mutating func restore(_ original: Renderer) {
        box = original.box
        edits.removeAll()
    }

    // MARK: references

    /// The number of a job, invoice, quote or purchase order: its own, or the one it was given.
    @inline(__always)
    /// The number of a job, as `number` writes it.
    func jobNumber(_ index: Int) -> String {
        if let given = edits.number(.job, index) { return given }
        let digits = String(sample.jobs[index].number)
        return "J" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    func number(_ w: inout XMLWriter, _ element: StaticString, _ kind: RowKind, _ index: Int) {
        if let given = edits.number(kind, index) { return w.text(element, given) }
        switch kind {
        case .job: w.number(element, "J", Int(sample.jobs[index].number), digits: 6)
        case .invoice:
            w.number(
                element, sample.invoices[index].isCredit ? "CN-" : "INV-", Int(sample.invoices[index].number), digits: 4
            )
        case .quote:
            w.number(
                element, "Q", Int(sample.quotes[index].number), digits: 6, revision: Int(sample.quotes[index].revision))
        case .purchaseOrder: w.number(element, "PO", Int(sample.orders[index].number), digits: 6)
        default: w.empty(element)
        }
    }

    /// An element holding `UUID` and `Name`.
    @inline(__always)
    func reference(_ w: inout XMLWriter, _ element: StaticString, _ kind: RowKind, _ index: Int, _ name: String) {
        w.open(element)
        w.id("UUID", sample.id(kind, index))
        w.text("Name", name)
        w.close(element)
    }

    /// A member of staff, if there is one.
    func staff(_ w: inout XMLWriter, _ element: StaticString, _ index: Int16) {
        if index >= 0 { reference(&w, element, .staff, Int(index), sample.staff[Int(index)].name) }
    }

    /// A client, if there is one.
    func client(_ w: inout XMLWriter, _ element: StaticString, _ index: Int32) {
        if index >= 0 { reference(&w, element, .client, Int(index), sample.clients[Int(index)].name) }
    }

    /// A contact, if there is one.
    func contact(_ w: inout XMLWriter, _ index: Int32) {
        if index >= 0 { reference(&w, "Contact", .contact, Int(index), sample.contacts[Int(index)].name) }
    }

    /// A supplier, if there is one.
    func supplier(_ w: inout XMLWriter, _ index: Int16) {
        if index >= 0 { reference(&w, "Supplier", .supplier, Int(index), sample.suppliers[Int(index)].name) }
    }

    // MARK: shared parts

    /// The link into the product.
    func link(_ w: inout XMLWriter, _ prefix: StaticString, _ number: Int) {
        w.number(spelling.capitalWebURL ? "WebURL" : "WebUrl", prefix, number, digits: 1)
    }

    /// A usual text by position; empty below zero.
    func stock(_ w: inout XMLWriter, _ element: StaticString, _ list: [String], _ index: Int16) {
        w.text(element, index >= 0 ? list[Int(index)] : "")
    }

    /// Amount, tax and their sum.
    func amounts(_ w: inout XMLWriter, _ amount: Money, _ tax: Money) {
        w.money("Amount", amount)
        w.money("AmountTax", tax)
        w.money("AmountIncludingTax", amount + tax)
    }

    /// The ten address fields and phone, fax and web site, most of them empty for some rows.
    func address(_ w: inout XMLWriter, town: Int, salt: Int) {
        let street = "\(salt % 180 + 1) \(SampleText.streets[salt % SampleText.streets.count])"
        let postCode = String(String(10_000 + salt * 37 % 900).dropFirst())
        let post: StaticString = spelling.capitalPostCode ? "PostCode" : "Postcode"
        let postal: StaticString = spelling.capitalPostCode ? "PostalPostCode" : "PostalPostcode"
        w.text("Address", salt % 5 == 3 ? "Level \(salt % 12 + 1)\n\(street)" : street)
        w.text("City", SampleText.towns[town])
        w.text("Region", salt % 3 == 0 ? "Northern Coast" : "")
        w.text(post, postCode)
        w.text("Country", salt % 4 == 0 ? "" : "New Zealand")
        w.text("PostalAddress", salt % 2 == 0 ? "PO Box \(salt % 900 + 10)" : "")
        w.text("PostalCity", salt % 2 == 0 ? SampleText.towns[town] : "")
        w.empty("PostalRegion")
        w.text(postal, salt % 2 == 0 ? postCode : "")
        w.text("PostalCountry", salt % 2 == 0 ? "New Zealand" : "")
        phones(&w, salt: salt)
    }

    private func phones(_ w: inout XMLWriter, salt: Int) {
        w.text("Phone", salt % 6 == 5 ? "" : "0\(3 + salt % 6) \(200 + salt % 700) 0\(100 + salt % 800)")
        w.text("Fax", salt % 10 == 0 ? "0\(3 + salt % 6) \(200 + salt % 700) 0199" : "")
        w.text("Website", salt % 3 == 1 ? "https://www.client\(salt).example" : "")
    }

    /// Notes of a client or supplier, which have no identifier.
    func plainNotes(_ w: inout XMLWriter, count: Int, salt: Int, from day: Int) {
        guard count > 0 else { return w.emptyContainer("Notes") }
        w.open("Notes")
        for position in 0..<count {
            let key = salt * 7 + position
            w.open("Note")
            w.text("Title", SampleText.noteTitles[key % SampleText.noteTitles.count])
            w.text("Text", SampleText.noteTexts[key % SampleText.noteTexts.count])
            w.text("Folder", key % 4 == 0 ? "Correspondence" : "")
            w.instant("Date", Int32(day + key % 300), second: Int32(30_000 + key % 30_000))
            w.text("CreatedBy", sample.staff[key % sample.staff.count].name)
            w.close("Note")
        }
        w.close("Notes")
    }

    /// A usual text from `list` at or above zero, a nasty one below.
    func note(_ w: inout XMLWriter, _ element: StaticString, _ list: [String], _ index: Int16) {
        guard index < 0 else { return w.text(element, list[Int(index)]) }
        w.text(element, sample.nastyTexts[Int(-index) - 1])
    }
}

/// Keeps an organisation in one place, so that whatever holds it is cheap to hand on.
final class SampleBox: Sendable {
    /// The generated rows, shared by every holder of this box.
    let rows: SampleOrganisation

    init(_ rows: SampleOrganisation) { self.rows = rows }
}
