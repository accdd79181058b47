internal import Inflow
internal import Postgres

/// Fills the temporary tables of one entity on one session, by COPY in blocks of about 96 KiB per table.
///
/// Each switch of COPY between two tables drains the pipe, so Inflow gathers rows by table and sends them in blocks.
/// A row that PostgreSQL refuses costs its record, not its block: the line is found from the error, taken out, and
/// the block is sent again.
struct Staging {
    /// Rows of one table that wait to be sent.
    private struct Buffer {
        let copy: String
        var text = CopyText(capacity: 32 << 10)
        /// Which record each waiting row belongs to.
        var ordinals: [Int32] = []
        /// Names of a row's fields.
        let columns: [String]
        /// Fields of a row that make the record's key.
        let keyFields: [Int]
        let table: String
        /// Places of the key within the shaped rows.
        let key: [Int]
        var keys = KeySet()
        var staged = 0
    }

    private static let blockBytes = 96 << 10

    private let session: PostgresConnection
    private let sql: MergeSQL
    private var buffers: [Buffer]
    private var encoder = RowEncoder()
    private var hash: RowHash
    private var hashText: [UInt8] = []
    /// Indices into the shaped blocks of the own columns the answer carries.
    private let ownColumns: [Int]
    /// Indices into the shaped blocks of the children the answer carries.
    private let childBlocks: [Int]
    /// Records that PostgreSQL refused; their other rows are taken out before the merge.
    private(set) var refused: Set<Int32> = []
    private(set) var rejections: [Rejection] = []
    /// Whether each table may hold a key twice: no doubt where all keys were seen and no two had one hash.
    var mayRepeat: [Bool] { buffers.map(\.keys.mayRepeat) }

    init(_ session: PostgresConnection, _ sql: MergeSQL) {
        self.session = session
        self.sql = sql
        hash = RowHash(version: sql.entity.version)
        ownColumns = sql.columns.compactMap { column in
            sql.entity.columns.firstIndex { $0.name == column.name }
        }
        childBlocks = sql.entity.children.enumerated().compactMap { index, child in
            sql.carries.includes(child: child.table) ? index + 1 : nil
        }
        let keyFields = sql.entity.key.compactMap { key in sql.columns.firstIndex { $0.name == key } }
        buffers =
            [
                Buffer(
                    copy: sql.copyOwn, columns: sql.columns.map(\.name), keyFields: keyFields, table: sql.entity.table,
                    key: sql.entity.key.compactMap { key in sql.entity.columns.firstIndex { $0.name == key } })
            ]
            + sql.children.map { child in
                let fields = child.columns.indices.filter { child.columns[$0].kind == .parent }
                return Buffer(
                    copy: sql.copy(child), columns: child.columns.map(\.name), keyFields: Array(fields),
                    table: child.table,
                    key: child.key.compactMap { key in child.columns.firstIndex { $0.name == key } })
            }
    }

    /// Rows sent to a table so far: the record's own first, then the carried children's.
    var stagedRows: [Int] { buffers.map(\.staged) }

    /// Takes records out that the merge found to be refused.
    mutating func refuse(_ ordinals: [Int32]) { refused.formUnion(ordinals) }

    /// Takes refusals out, so that the caller keeps them.
    mutating func takeRejections() -> [Rejection] {
        defer { rejections = [] }
        return rejections
    }

    /// Adds the rows of a batch; sends blocks that are full.
    mutating func add(_ shaped: ShapedBatch) async throws(PostgresError) {
        encode(shaped)
        for index in buffers.indices where buffers[index].text.byteCount >= Staging.blockBytes {
            try await send(index)
        }
    }

    /// Sends the rows that wait, of all tables.
    mutating func flush() async throws(PostgresError) {
        for index in buffers.indices { try await send(index) }
    }

    // MARK: encoding

    private mutating func encode(_ shaped: ShapedBatch) {
        var next = Array(repeating: 0, count: shaped.blocks.count)
        shaped.arena.withUnsafeBufferPointer { arena in
            for row in 0..<shaped.blocks[0].count {
                let ordinal = shaped.blocks[0].ordinals[row]
                refuseLongKeys(shaped, row, ordinal, arena, next)
                encodeOwn(shaped.blocks[0], row, arena)
                encodeLines(shaped, ordinal, arena, &next)
                buffers[0].text.append(Int64(ordinal))
                appendHashes()
                buffers[0].text.endRow()
                buffers[0].ordinals.append(ordinal)
            }
        }
    }

    /// Bytes of a key that an index surely takes: a third of a page is the limit, of all its columns together.
    private static let longestKey = 2_000

    /// Refuses a record whose key, or the key of a line of it, is too long for the index of its table.
    private mutating func refuseLongKeys(
        _ shaped: ShapedBatch, _ row: Int, _ ordinal: Int32, _ arena: UnsafeBufferPointer<UInt8>, _ next: [Int]
    ) {
        func bytes(_ buffer: Buffer, _ block: RowBlock, _ row: Int) -> Int {
            buffer.key.reduce(0) { sum, column in
                guard case .text(_, let length) = block.values[row * block.width + column] else { return sum + 8 }
                return sum + Int(length)
            }
        }
        var tooLong = bytes(buffers[0], shaped.blocks[0], row) > Staging.longestKey ? 0 : nil
        for (buffer, index) in childBlocks.enumerated() where tooLong == nil {
            let block = shaped.blocks[index]
            var line = next[index]
            while line < block.count, block.ordinals[line] == ordinal {
                if bytes(buffers[buffer + 1], block, line) > Staging.longestKey { tooLong = buffer + 1 }
                line += 1
            }
        }
        guard let tooLong, refused.insert(ordinal).inserted else { return }
        let block = shaped.blocks[0]
        let key = buffers[0].key.map { column in
            guard case .text(let start, let length) = block.values[row * block.width + column] else { return "" }
            return String(decoding: arena[Int(start)..<Int(start + length)], as: UTF8.self)
        }.joined(separator: "/")
        rejections.append(
            Rejection(
                key: key, table: buffers[tooLong].table, column: sql.entity.key.first ?? "",
                raw: String(key.prefix(1_000)), reason: .tooLong))
    }

    private mutating func encodeOwn(_ block: RowBlock, _ row: Int, _ arena: UnsafeBufferPointer<UInt8>) {
        hash.begin()
        let base = row * block.width
        buffers[0].keys.insert(buffers[0].key, block.values, base, arena)
        for column in ownColumns {
            let value = block.values[base + column]
            hash.add(value, arena)
            encoder.append(value, arena, to: &buffers[0].text)
        }
        if sql.carriesAllColumns {
            let extra = block.values[base + block.width - 1]
            hash.add(extra, arena)
            encoder.append(extra, arena, to: &buffers[0].text)
            hash.write(into: &hashText)
        } else {
            // A part of the row says nothing of the whole: version 0 makes the next whole answer compare columns.
            hashText = Array("\\\\x0000".utf8)
        }
    }

    /// Encodes the lines of one record; `next` is the first row of each block that is not yet encoded.
    private mutating func encodeLines(
        _ shaped: ShapedBatch, _ ordinal: Int32, _ arena: UnsafeBufferPointer<UInt8>, _ next: inout [Int]
    ) {
        hash.begin()
        for (buffer, index) in childBlocks.enumerated() {
            let block = shaped.blocks[index]
            hash.add(mark: 0xF0)
            // The key of a line has its record's in it, so it can repeat within the record only, or with the record.
            buffers[buffer + 1].keys.forget()
            while next[index] < block.count, block.ordinals[next[index]] == ordinal {
                let base = next[index] * block.width
                hash.add(mark: 0xF1)
                buffers[buffer + 1].keys.insert(buffers[buffer + 1].key, block.values, base, arena)
                for value in block.values[base..<base + block.width] {
                    hash.add(value, arena)
                    encoder.append(value, arena, to: &buffers[buffer + 1].text)
                }
                buffers[buffer + 1].text.append(Int64(ordinal))
                buffers[buffer + 1].text.endRow()
                buffers[buffer + 1].ordinals.append(ordinal)
                next[index] += 1
            }
        }
    }

    private mutating func appendHashes() {
        hashText.withUnsafeBufferPointer { buffers[0].text.appendVerbatim($0) }
        if childBlocks.isEmpty {
            buffers[0].text.appendNull()
        } else {
            hash.write(into: &hashText)
            // As above: some of the lines say nothing of all of them.
            if !sql.carriesAllChildren { hashText = Array("\\\\x0000".utf8) }
            hashText.withUnsafeBufferPointer { buffers[0].text.appendVerbatim($0) }
        }
    }

    // MARK: sending

    private mutating func send(_ index: Int) async throws(PostgresError) {
        guard !buffers[index].ordinals.isEmpty else { return }
        let block = buffers[index].text
        let copy = buffers[index].copy
        do throws(PostgresError) {
            buffers[index].staged += try await session.perform { session throws(PostgresError) in
                try session.copyIn(copy)
                try session.putCopy(block)
                return try session.endCopy()
            }
        } catch {
            guard let line = error.copyLine, line >= 1, line <= buffers[index].ordinals.count else { throw error }
            try await sendAgain(index, without: line - 1, error)
        }
        buffers[index].text.removeAll()
        buffers[index].ordinals.removeAll(keepingCapacity: true)
    }

    /// Sends a refused block again without the lines PostgreSQL names, one after the other.
    private mutating func sendAgain(
        _ index: Int, without first: Int, _ error: PostgresError
    ) async throws(PostgresError) {
        var lines: [[UInt8]] = []
        buffers[index].text.withUnsafeBytes { bytes in
            lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { Array($0) }
        }
        var kept = Array(lines.indices)
        var bad = first
        var error = error
        let copy = buffers[index].copy
        while true {
            let line = kept.remove(at: bad)
            refuse(lines[line], ordinal: buffers[index].ordinals[line], in: index, error)
            guard !kept.isEmpty else { return }
            let bytes = kept.reduce(into: [UInt8]()) { $0 += lines[$1] + [0x0A] }
            do throws(PostgresError) {
                buffers[index].staged += try await session.perform { session throws(PostgresError) in
                    try session.copyIn(copy)
                    try session.putCopy(bytes)
                    return try session.endCopy()
                }
                return
            } catch let next {
                guard let place = next.copyLine, place >= 1, place <= kept.count else { throw next }
                bad = place - 1
                error = next
            }
        }
    }

    private mutating func refuse(_ line: [UInt8], ordinal: Int32, in index: Int, _ error: PostgresError) {
        guard refused.insert(ordinal).inserted else { return }
        let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
        func text(_ field: Int) -> String { fields.indices.contains(field) ? Staging.text(fields[field]) : "" }
        // Where PostgreSQL names no column, what it said stands for the text.
        let place = error.column.flatMap { buffers[index].columns.firstIndex(of: $0) }
        // A line does not say the date of its record.
        let dateField = index == 0 ? sql.columns.firstIndex { $0.name == sql.entity.dateColumn?.name } : nil
        let day = dateField.map(text)
        let labelling = index == 0 ? Labelling.columns(of: sql.columns) : []
        let names = labelling.compactMap { sql.columns.firstIndex(of: $0) }.map(text)
        let raw = place.map(text) ?? error.serverDetail ?? error.detail ?? error.message
        rejections.append(
            Rejection(
                key: buffers[index].keyFields.map(text).joined(separator: "/"), table: buffers[index].table,
                column: error.column ?? "", raw: String(raw.prefix(1000)), reason: .refusedByDatabase,
                datedOn: day.flatMap { LocalDate($0) }, label: Labelling.label(names)))
    }

    /// A field of a COPY line as it was before it was written there.
    private static func text(_ field: ArraySlice<UInt8>) -> String {
        guard !field.elementsEqual([0x5C, UInt8(ascii: "N")]) else { return "" }
        let letters: [UInt8: UInt8] = [
            UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "v"): 0x0B,
            UInt8(ascii: "f"): 0x0C, UInt8(ascii: "r"): 0x0D,
        ]
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in field {
            if !isEscaped, byte == 0x5C {
                isEscaped = true
            } else {
                bytes.append(isEscaped ? letters[byte] ?? byte : byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
