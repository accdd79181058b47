/// Writes XML into a buffer, in the spellings asked for; a row with edits gets its changed values on the way.
struct XMLWriter {
    /// Written bytes that the caller has not taken yet.
    var bytes: [UInt8] = []
    let spelling: SandboxSpelling
    private var depth = 0
    private var rowDepth = -1
    private var rowStart = 0
    private var edit: RowEdit?

    init(spelling: SandboxSpelling, capacity: Int = 0) {
        self.spelling = spelling
        bytes.reserveCapacity(capacity)
    }

    // MARK: structure

    /// Writes an element's opening tag; `close` must follow.
    @inline(__always)
    mutating func open(_ name: StaticString) {
        if spelling.indented { indent() }
        bytes.append(60)
        append(name)
        bytes.append(62)
        depth += 1
    }

    /// Closes an element whose children are elements.
    @inline(__always)
    mutating func close(_ name: StaticString) {
        depth -= 1
        if spelling.indented { indent() }
        closeTag(name)
        if depth == rowDepth { closeRow() }
    }

    /// Opens the root with its `api-method`, after the declaration if there is to be one.
    mutating func openRoot(_ name: StaticString, method: String) {
        if spelling.declaration { append("<?xml version=\"1.0\" encoding=\"utf-8\"?>") }
        if spelling.declaration, spelling.indented { bytes.append(10) }
        bytes.append(60)
        append(name)
        if spelling.apiMethod, !method.isEmpty {
            append(" api-method=\"")
            bytes.append(contentsOf: method.utf8)
            bytes.append(34)
        }
        bytes.append(62)
        depth += 1
    }

    /// Opens a row; its edit, if it has one, is worked in when it is closed.
    mutating func openRow(_ name: StaticString, edit: RowEdit?) {
        if let edit, !edit.set.isEmpty {
            rowStart = bytes.count
            rowDepth = depth
            self.edit = edit
        }
        open(name)
    }

    private mutating func closeRow() {
        guard let edit else { return }
        rowDepth = -1
        self.edit = nil
        let row = RowEditor.edited(Array(bytes[rowStart...]), by: edit)
        bytes.replaceSubrange(rowStart..., with: row)
    }

    private mutating func indent() {
        bytes.append(10)
        for _ in 0..<depth {
            bytes.append(32)
            bytes.append(32)
        }
    }

    // MARK: leaves

    /// An element that is present and empty, or absent, as the spelling says.
    mutating func empty(_ name: StaticString) {
        if spelling.empty != .absent { emptyContainer(name) }
    }

    /// An empty container, which is never absent.
    mutating func emptyContainer(_ name: StaticString) {
        if spelling.indented { indent() }
        bytes.append(60)
        append(name)
        if spelling.empty == .pair {
            bytes.append(62)
            closeTag(name)
        } else {
            bytes.append(47)
            bytes.append(62)
        }
    }

    /// A text; empty when there is none.
    mutating func text(_ name: StaticString, _ value: String) {
        if value.isEmpty { return empty(name) }
        start(name)
        escape(value)
        closeTag(name)
    }

    /// A text followed by a reference to the escape character, which XML 1.0 forbids.
    mutating func textWithControl(_ name: StaticString, _ value: String) {
        start(name)
        escape(value)
        append(" &#x1B;[0m")
        closeTag(name)
    }

    /// A text that is already safe, made of pieces without any markup.
    mutating func plain(_ name: StaticString, _ value: StaticString) {
        start(name)
        append(value)
        closeTag(name)
    }

    /// A prefix and a number padded with zeros, with an optional suffix.
    mutating func number(_ name: StaticString, _ prefix: StaticString, _ value: Int, digits: Int, revision: Int = 0) {
        start(name)
        append(prefix)
        decimal(value, digits: digits)
        if revision > 0 {
            bytes.append(47)
            decimal(revision)
        }
        closeTag(name)
    }

    /// Writes an element that holds a whole number in decimal digits.
    mutating func integer(_ name: StaticString, _ value: Int) {
        start(name)
        decimal(value)
        closeTag(name)
    }

    /// An amount, rate or quantity with the places of the spelling.
    mutating func money(_ name: StaticString, _ value: Money) {
        start(name)
        let cents = spelling.decimals == 2
        let units = cents ? (value.units + (value.units < 0 ? -50 : 50)) / 100 : value.units
        let divisor: UInt64 = cents ? 100 : 10_000
        if units < 0 { bytes.append(45) }
        decimal(Int(units.magnitude / divisor))
        bytes.append(46)
        decimal(Int(units.magnitude % divisor), digits: cents ? 2 : 4)
        closeTag(name)
    }

    /// An amount, or an empty element.
    mutating func money(_ name: StaticString, orEmpty value: Money?) {
        if let value { money(name, value) } else { empty(name) }
    }

    /// `true` or `false`, unless the spelling says otherwise.
    mutating func bool(_ name: StaticString, _ value: Bool) {
        plain(name, spelling.booleans == .yesNo ? (value ? "Yes" : "No") : (value ? "true" : "false"))
    }

    /// `Yes` or `No`, unless the spelling says otherwise.
    mutating func yesNo(_ name: StaticString, _ value: Bool) {
        plain(name, spelling.booleans == .trueFalse ? (value ? "true" : "false") : (value ? "Yes" : "No"))
    }

    /// Writes an element that holds a row's identifier.
    mutating func id(_ name: StaticString, _ value: RowID) {
        start(name)
        value.append(to: &bytes)
        closeTag(name)
    }

    /// A business date, `yyyy-MM-ddT00:00:00`.
    mutating func date(_ name: StaticString, _ day: Int32) {
        instant(name, day, second: 0)
    }

    /// A date with a time of day.
    mutating func instant(_ name: StaticString, _ day: Int32, second: Int32, zone: Bool = false) {
        start(name)
        calendarDay(day)
        bytes.append(84)
        clock(Int(second) / 60)
        bytes.append(58)
        decimal(Int(second) % 60, digits: 2)
        if zone, spelling.instants == .zulu { bytes.append(90) }
        if zone, spelling.instants == .fraction {
            bytes.append(46)
            decimal(Int(day &* 31 &+ second) % 1000, digits: 3)
        }
        closeTag(name)
    }

    /// A minute of the day in the clock spelling.
    mutating func minuteOfDay(_ name: StaticString, _ minute: Int) {
        start(name)
        if spelling.clock == .hoursMinutes { clock(minute) } else { decimal(minute) }
        closeTag(name)
    }

    // MARK: bytes

    @inline(__always)
    private mutating func start(_ name: StaticString) {
        if spelling.indented { indent() }
        bytes.append(60)
        append(name)
        bytes.append(62)
    }

    @inline(__always)
    private mutating func closeTag(_ name: StaticString) {
        bytes.append(60)
        bytes.append(47)
        append(name)
        bytes.append(62)
    }

    /// Appends text that needs no escaping.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    private mutating func calendarDay(_ day: Int32) {
        let (year, month, day) = LocalDay(Int(day)).civil
        decimal(year, digits: 4)
        bytes.append(45)
        decimal(month, digits: 2)
        bytes.append(45)
        decimal(day, digits: 2)
    }

    @inline(__always)
    private mutating func clock(_ minute: Int) {
        decimal(minute / 60 % 24, digits: 2)
        bytes.append(58)
        decimal(minute % 60, digits: 2)
    }

    /// A whole number, padded with zeros to at least `digits` places.
    mutating func decimal(_ value: Int, digits: Int = 1) {
        if value < 0 { bytes.append(45) }
        var rest = value.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { places in
            var position = 24
            while rest > 0 || 24 - position < digits {
                position -= 1
                places.initializeElement(at: position, to: UInt8(48 + rest % 10))
                rest /= 10
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: places[position..<24]))
        }
    }

    /// Appends text with `&`, `<` and `>` as entities, and carriage returns by reference.
    mutating func escape(_ text: String) {
        var text = text
        text.withUTF8 { characters in
            var clean = 0
            for position in characters.indices {
                let entity: StaticString
                switch characters[position] {
                case 38: entity = "&amp;"
                case 60: entity = "&lt;"
                case 62: entity = "&gt;"
                case 13: entity = "&#xD;"
                default: continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: characters[clean..<position]))
                append(entity)
                clean = position + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: characters[clean...]))
        }
    }
}
