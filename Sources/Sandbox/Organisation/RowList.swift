/// An answer of the platform before it is written: which rows, in which envelope.
struct RowList: Sendable {
    /// The three elements that appear only when the request names a page.
    struct Counters: Sendable {
        var page: Int
        var size: Int
        var total: Int
        /// Whether `TotalRecords` is written.
        var hasTotal = true
    }

    /// The verb as `api-method` has it.
    var method: String
    /// The plural element around the rows; nil for a single record.
    var container: StaticString?
    /// The elements telling the page.
    var counters: Counters?
    /// `Records`, which only the cost catalogue has.
    var records: Int?
    /// What every counter holds instead of its number, when a fault makes them unreadable.
    var counterText: String?
    /// Leaves `Response` and `Status` out.
    var isBare = false
    /// Positions of the rows, in the order written.
    var rows: [Int32]
    /// Writes the XML of the row at this position.
    var write: @Sendable (Renderer, inout XMLWriter, Int) -> Void
}

/// Writes a row list piece by piece.
struct RowListBody: Sendable {
    private let list: RowList
    private let renderer: Renderer
    private var writer: XMLWriter
    private var position = -1
    private let size: Int

    /// Starts at the beginning; pieces are at least `size` bytes long, but for the last one.
    init(_ list: RowList, renderer: Renderer, size: Int = 65_536) {
        self.list = list
        self.renderer = renderer
        self.size = size
        writer = XMLWriter(spelling: renderer.spelling, capacity: min(size, 65_536) + 16_384)
    }

    /// The next piece; nil when the body is complete.
    mutating func next() -> [UInt8]? {
        if position > list.rows.count { return nil }
        if position < 0 {
            begin()
            position = 0
        }
        while position < list.rows.count, writer.bytes.count < size {
            list.write(renderer, &writer, Int(list.rows[position]))
            position += 1
        }
        if position == list.rows.count {
            end()
            position += 1
        }
        let piece = writer.bytes
        writer.bytes = []
        if position <= list.rows.count { writer.bytes.reserveCapacity(min(size, 65_536) + 16_384) }
        return piece
    }

    /// The whole body at once.
    static func whole(_ list: RowList, renderer: Renderer) -> [UInt8] {
        var body = RowListBody(list, renderer: renderer, size: .max)
        return body.next() ?? []
    }

    private mutating func begin() {
        if list.isBare {
            writer.openRoot(list.container ?? "Response", method: "")
            return
        }
        writer.openRoot("Response", method: list.method)
        writer.plain("Status", "OK")
        if let counters = list.counters {
            counter("Page", counters.page)
            counter("PageSize", counters.size)
            if counters.hasTotal { counter("TotalRecords", counters.total) }
        }
        if let records = list.records { counter("Records", records) }
        guard let container = list.container else { return }
        if list.rows.isEmpty { writer.emptyContainer(container) } else { writer.open(container) }
    }

    private mutating func counter(_ name: StaticString, _ value: Int) {
        if let text = list.counterText { writer.text(name, text) } else { writer.integer(name, value) }
    }

    private mutating func end() {
        if list.isBare { return writer.close(list.container ?? "Response") }
        if let container = list.container, !list.rows.isEmpty { writer.close(container) }
        writer.close("Response")
    }
}
