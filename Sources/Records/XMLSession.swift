internal import CXML
internal import Inflow

/// One libxml2 push parser and the tape it fills.
///
/// Lives at a fixed address, which the C callbacks are given.
struct XMLSession: ~Copyable {
    var tape: RecordTape
    private var context: xmlParserCtxtPtr?
    private var fed = 0
    /// Whether the last piece of a CDATA section ended with a carriage return, which may be half a line end.
    private var endsInReturn = false

    private init(tape: consuming RecordTape) {
        self.tape = tape
    }

    /// Once per process, before any parser; libxml2 wants it so when there are several threads.
    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    /// A session at a place of its own; ``destroy(_:)`` must be called for it.
    static func make(_ tape: consuming RecordTape) -> UnsafeMutablePointer<XMLSession> {
        let session = UnsafeMutablePointer<XMLSession>.allocate(capacity: 1)
        session.initialize(to: XMLSession(tape: tape))
        guard isReady else { return session }
        var handler = xmlSAXHandler()
        handler.initialized = 0xDEED_BEAF  // XML_SAX2_MAGIC
        handler.startElementNs = openElement
        handler.endElementNs = closeElement
        handler.characters = addText
        handler.ignorableWhitespace = addText
        handler.cdataBlock = takeCDATA
        handler.serror = dropError
        guard let context = xmlCreatePushParserCtxt(&handler, session, nil, 0, nil) else { return session }
        // HUGE lifts libxml2's own bounds (10 MB texts): ParserLimits and `mostPending` stand in their place. NOENT
        // only has the five predefined entities decoded in attributes; no other entity can exist without a document
        // type.
        let options = XML_PARSE_HUGE.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue
        xmlCtxtUseOptions(context, Int32(options))
        xmlDictSetLimit(context.pointee.dict, 10 << 20)
        session.pointee.context = context
        return session
    }

    /// Ends a session and frees its memory.
    static func destroy(_ session: UnsafeMutablePointer<XMLSession>) {
        if let context = session.pointee.context { xmlFreeParserCtxt(context) }
        session.deinitialize(count: 1)
        session.deallocate()
    }

    /// Parses further bytes; what libxml2 found wrong, if anything.
    ///
    /// `mostPending` bounds what may lie unparsed, such as a tag that does not end; `mostNames` the names libxml2
    /// keeps, wherever they stand.
    static func parse(
        _ session: UnsafeMutablePointer<XMLSession>, _ bytes: UnsafeBufferPointer<UInt8>, mostPending: Int,
        mostNames: Int
    ) -> ParseError? {
        guard let context = session.pointee.context else { return ParseError(.outOfMemory) }
        session.pointee.fed += bytes.count
        _ = bytes.withMemoryRebound(to: CChar.self) {
            xmlParseChunk(context, $0.baseAddress, Int32(truncatingIfNeeded: $0.count), 0)
        }
        if session.pointee.pending(in: context) > mostPending { return session.pointee.error(.tooLong, in: context) }
        if xmlDictSize(context.pointee.dict) > mostNames {
            return session.pointee.error(.tooManyElements, in: context)
        }
        return session.pointee.judge(context)
    }

    /// Ends the body: libxml2 judges what it was still waiting for.
    static func end(_ session: UnsafeMutablePointer<XMLSession>) -> ParseError? {
        guard let context = session.pointee.context else { return ParseError(.outOfMemory) }
        xmlParseChunk(context, nil, 0, 1)
        return session.pointee.judge(context)
    }

    /// Takes a piece of a CDATA section, whose line ends libxml2's push parser leaves as they are sent.
    fileprivate mutating func addCDATA(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        if endsInReturn, rest.first == 10 { rest = rest.dropFirst() }
        endsInReturn = bytes.last == 13
        guard rest.contains(13) else { return tape.text(UnsafeBufferPointer(rebasing: rest)) }
        var ready: [UInt8] = []
        ready.reserveCapacity(rest.count)
        for (index, byte) in zip(rest.indices, rest) {
            if byte == 10, index > rest.startIndex, rest[index - 1] == 13 { continue }
            ready.append(byte == 13 ? 10 : byte)
        }
        ready.withUnsafeBufferPointer { tape.text($0) }
    }

    /// Something else than CDATA follows.
    fileprivate mutating func endCDATA() { endsInReturn = false }

    private borrowing func judge(_ context: xmlParserCtxtPtr) -> ParseError? {
        guard context.pointee.wellFormed == 0 || context.pointee.disableSAX != 0 else { return nil }
        if context.pointee.lastError.code == XML_ERR_NO_MEMORY.rawValue { return ParseError(.outOfMemory) }
        return error(.notWellFormed, in: context)
    }

    private borrowing func error(_ code: ParseError.Code, in context: xmlParserCtxtPtr) -> ParseError {
        let said = context.pointee.lastError
        let detail = said.message.map { String(String(cString: $0).trimmed.prefix(300)) } ?? ""
        let line = said.line > 0 ? Int(said.line) : nil
        return ParseError(code, detail: detail, line: line, offset: max(fed - pending(in: context), 0))
    }

    private borrowing func pending(in context: xmlParserCtxtPtr) -> Int {
        guard let input = context.pointee.input, let end = input.pointee.end, let place = input.pointee.cur else {
            return 0
        }
        return max(end - place, 0)
    }
}

// MARK: What libxml2 calls

private let openElement: startElementNsSAX2Func = { user, name, _, _, _, _, attributeCount, _, attributes in
    guard let user, let name else { return }
    let session = user.assumingMemoryBound(to: XMLSession.self)
    session.pointee.endCDATA()
    session.pointee.tape.open(kept: name) { cxml_length(name) }
    guard attributeCount > 0, let attributes else { return }
    for index in 0..<Int(attributeCount) {
        // Five pointers each: name, prefix, namespace, and where the value starts and ends.
        let one = attributes + index * 5
        guard let name = one[0], let start = one[3], let end = one[4] else { continue }
        session.pointee.tape.attribute(
            UnsafeBufferPointer(start: name, count: cxml_length(name)),
            value: UnsafeBufferPointer(start: start, count: end - start))
    }
}

private let closeElement: endElementNsSAX2Func = { user, _, _, _ in
    guard let user else { return }
    let session = user.assumingMemoryBound(to: XMLSession.self)
    session.pointee.endCDATA()
    session.pointee.tape.close()
}

private let addText: charactersSAXFunc = { user, bytes, length in
    guard let user, let bytes, length > 0 else { return }
    user.assumingMemoryBound(to: XMLSession.self).pointee.tape.text(
        UnsafeBufferPointer(start: bytes, count: Int(length)))
}

private let takeCDATA: cdataBlockSAXFunc = { user, bytes, length in
    guard let user, let bytes, length > 0 else { return }
    user.assumingMemoryBound(to: XMLSession.self).pointee.addCDATA(
        UnsafeBufferPointer(start: bytes, count: Int(length)))
}

/// libxml2 prints errors unless a handler takes them.
///
/// They are read from the context instead.
private let dropError: xmlStructuredErrorFunc = { _, _ in }
