internal import Inflow

/// Takes a parser's events and fills batches with them.
///
/// A struct without a class in it, reached through a pointer that the C callbacks are given: no reference counting and
/// no exclusivity checks per event.
struct RecordTape: ~Copyable {
    private(set) var envelope: Envelope
    /// Full batches, first one first.
    var ready: [Batch] = []
    /// The first thing that made the answer unreadable; no event after it has any effect.
    private(set) var failure: ParseError?

    private let limits: ParserLimits
    private var names: NameTable
    private var batch = Batch()
    private var nextOrdinal: Int
    private var depth = 0

    /// Depth of the record one is in; 0 outside.
    private var recordDepth = 0
    /// Whether the record one is in has already been found unreadable.
    private var isSkipping = false
    private var recordElement = 0
    private var recordText = 0
    private var current = Frame()
    private var parents: [Frame] = []
    /// Own text of elements that have children, innermost last.
    private var mixed: [UInt8] = []

    /// An element whose end has not come yet.
    private struct Frame {
        var element = 0
        var hasChildren = false
        /// Where its own text starts: in `mixed` when it has children, in the batch's text otherwise.
        var start = 0
    }

    init(items: [String], vocabulary: [String], limits: ParserLimits, firstOrdinal: Int) {
        self.limits = limits
        envelope = Envelope(items: items)
        names = NameTable(vocabulary: vocabulary, unknownNames: limits.unknownNames)
        nextOrdinal = firstOrdinal
        reserve()
    }

    // MARK: Events

    /// An element begins; its name is local, without a prefix.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>) {
        guard let isInside = descend() else { return }
        guard isInside else { return openAround(name) }
        guard let number = names.number(of: name) else { return failNames() }
        openElement(number)
    }

    /// The same for a name that ends with a zero byte and that the parser keeps, once, for as long as it lives.
    @inline(__always)
    mutating func open(kept name: UnsafePointer<UInt8>, length: () -> Int) {
        guard let isInside = descend() else { return }
        guard isInside else { return openAround(UnsafeBufferPointer(start: name, count: length())) }
        guard let number = names.number(ofKept: name, length: length) else { return failNames() }
        openElement(number)
    }

    /// One level down: `true` inside a record, `false` around them, `nil` when the element is of no interest.
    @inline(__always)
    private mutating func descend() -> Bool? {
        guard failure == nil else { return nil }
        depth += 1
        if depth > limits.depth {
            fail(ParseError(.tooDeep, detail: "more than \(limits.depth) levels"))
            return nil
        }
        if recordDepth == 0 { return false }
        return isSkipping ? nil : true
    }

    /// An attribute of the element that has just begun.
    mutating func attribute(_ name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        guard failure == nil else { return }
        guard recordDepth > 0 else {
            return envelope.attribute(
                String(decoding: name, as: UTF8.self), value: String(decoding: value.prefix(200), as: UTF8.self))
        }
        guard !isSkipping else { return }
        guard let number = names.number(of: name, prefix: 64) else { return failNames() }
        leaveLeaf()
        let element = batch.elements.count
        if value.count > limits.textLength {
            batch.elements.append(
                .init(name: number, textStart: 0, textLength: 0, end: Int32(truncatingIfNeeded: element + 1)))
            return abandon(raw: Array(value.prefix(800)), extra: number)
        }
        batch.elements.append(
            .init(
                name: number, textStart: Int32(truncatingIfNeeded: batch.text.count),
                textLength: Int32(truncatingIfNeeded: value.count), end: Int32(truncatingIfNeeded: element + 1)))
        batch.text.append(contentsOf: value)
        checkRecord()
    }

    /// Text of the innermost open element; may come in pieces.
    @inline(__always)
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard failure == nil else { return }
        if recordDepth == 0 { return envelope.add(bytes) }
        if isSkipping { return }
        if current.hasChildren {
            mixed.append(contentsOf: bytes)
            if mixed.count - current.start > limits.textLength {
                abandon(raw: Array(mixed[current.start...].prefix(800)))
            }
            if mixed.count > limits.recordLength { abandonRecord() }
        } else {
            batch.text.append(contentsOf: bytes)
            let length = batch.text.count - current.start
            if length > limits.textLength { return abandon(raw: Array(batch.text[current.start...].prefix(800))) }
            if batch.text.count - recordText > limits.recordLength { abandonRecord() }
        }
    }

    /// The innermost open element ends.
    @inline(__always)
    mutating func close() {
        guard failure == nil else { return }
        depth -= 1
        if recordDepth == 0 { return envelope.close() }
        if !isSkipping { closeElement() }
        if depth < recordDepth { closeRecord() }
    }

    // MARK: Around the records

    private mutating func openAround(_ name: UnsafeBufferPointer<UInt8>) {
        switch envelope.open(name) {
        case .around: return
        case .refusedRoot: return refuseRoot(name)
        case .record: break
        }
        recordDepth = depth
        recordElement = batch.elements.count
        recordText = batch.text.count
        envelope.countRecord()
        guard let number = names.number(of: name) else { return failNames() }
        openElement(number)
    }

    private mutating func refuseRoot(_ name: UnsafeBufferPointer<UInt8>) {
        if envelope.rootIsClosed { return fail(ParseError(.secondRoot)) }
        let root = String(decoding: name, as: UTF8.self)
        let isPage = ["html", "head", "body", "title", "meta", "script", "h1", "center"].contains(root.lowercased())
        fail(isPage ? ParseError(.html) : ParseError(.unexpectedRoot, detail: String(root.prefix(200))))
    }

    // MARK: Inside a record

    @inline(__always)
    private mutating func openElement(_ number: Int32) {
        if depth > recordDepth {
            leaveLeaf()
            parents.append(current)
        }
        current = Frame(element: batch.elements.count, hasChildren: false, start: batch.text.count)
        batch.elements.append(
            .init(name: number, textStart: Int32(truncatingIfNeeded: batch.text.count), textLength: 0, end: 0))
        checkRecord()
    }

    /// The innermost element turns out to have children: its text so far moves aside, so that each text is one piece.
    @inline(__always)
    private mutating func leaveLeaf() {
        guard !current.hasChildren else { return }
        let start = current.start
        current.hasChildren = true
        current.start = mixed.count
        if start < batch.text.count {
            mixed.append(contentsOf: batch.text[start...])
            batch.text.removeLast(batch.text.count - start)
        }
    }

    @inline(__always)
    private mutating func closeElement() {
        var start = current.start
        if current.hasChildren {
            let own = current.start
            start = batch.text.count
            if mixed.count > own {
                if !mixed[own...].allSatisfy(\.isBlank) { batch.text.append(contentsOf: mixed[own...]) }
                mixed.removeLast(mixed.count - own)
            }
        }
        let element = current.element
        batch.elements[element].textStart = Int32(truncatingIfNeeded: start)
        batch.elements[element].textLength = Int32(truncatingIfNeeded: batch.text.count - start)
        batch.elements[element].end = Int32(truncatingIfNeeded: batch.elements.count)
        if let parent = parents.popLast() { current = parent }
    }

    private mutating func closeRecord() {
        if !isSkipping {
            batch.records.append(Int32(truncatingIfNeeded: recordElement))
            batch.ordinals.append(Int32(clamping: nextOrdinal))
        }
        nextOrdinal += 1
        recordDepth = 0
        isSkipping = false
        envelope.close(asRecord: true)
        if batch.records.count + batch.unreadable.count >= limits.batchRecords
            || batch.text.count >= limits.batchBytes || batch.elements.count >= 1 << 18
        {
            if let full = cut() { ready.append(full) }
        }
    }

    @inline(__always)
    private mutating func checkRecord() {
        if batch.elements.count - recordElement > limits.elementsPerRecord
            || batch.text.count - recordText > limits.recordLength
        {
            abandonRecord()
        }
    }

    // MARK: Records that cannot be read

    private mutating func abandonRecord() {
        guard !isSkipping else { return }
        let raw = Array(batch.text[recordText...].prefix(800))
        abandon(raw: raw, path: path(upTo: 1))
    }

    /// Gives up the record because of the element one is in.
    private mutating func abandon(raw: [UInt8], extra: Int32? = nil) {
        guard !isSkipping else { return }
        var path = path(upTo: parents.count + 1)
        if let extra { path += "/" + names.names[Int(extra)] }
        abandon(raw: raw, path: path)
    }

    private mutating func abandon(raw: [UInt8], path: String) {
        batch.unreadable.append(
            .init(
                ordinal: nextOrdinal, reason: .tooLong, path: path,
                raw: String(String(decoding: raw, as: UTF8.self).prefix(200))))
        batch.elements.removeLast(batch.elements.count - recordElement)
        batch.text.removeLast(batch.text.count - recordText)
        if batch.text.capacity > limits.batchBytes * 4 {
            // A dropped record may have been long: this frees its memory.
            var kept: [UInt8] = []
            kept.reserveCapacity(limits.batchBytes + 4_096)
            kept.append(contentsOf: batch.text)
            batch.text = kept
        }
        mixed = []
        parents.removeAll(keepingCapacity: true)
        isSkipping = true
    }

    /// Names of the open elements from the record's own, as many as asked for.
    private func path(upTo count: Int) -> String {
        (parents + [current]).prefix(count)
            .map { names.names[Int(batch.elements[$0.element].name)] }
            .joined(separator: "/")
    }

    // MARK: Batches and failures

    /// Takes what has been gathered since the last batch; `nil` when that is nothing.
    mutating func cut() -> Batch? {
        guard !batch.records.isEmpty || !batch.unreadable.isEmpty else { return nil }
        var full = Batch()
        swap(&full, &batch)
        full.names = names.names
        reserve()
        return full
    }

    /// Element names known so far.
    var knownNames: [String] { names.names }

    private mutating func reserve() {
        batch.text.reserveCapacity(min(limits.batchBytes, 1 << 20) + 4_096)
        batch.elements.reserveCapacity(4_096)
        batch.records.reserveCapacity(min(limits.batchRecords, 1_000))
        batch.ordinals.reserveCapacity(min(limits.batchRecords, 1_000))
    }

    /// Keeps the first failure.
    mutating func fail(_ error: ParseError) {
        if failure == nil { failure = error }
    }

    private mutating func failNames() {
        fail(ParseError(.tooManyElements, detail: "more than \(limits.unknownNames) unknown names"))
    }
}
