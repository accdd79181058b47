/// Why an answer could not be read as records.
///
/// An error of the answer as a whole; a record that cannot be read while its neighbours can is in `Batch.unreadable`.
public struct ParseError: Error, Sendable, Hashable {
    /// Why a body cannot be read.
    ///
    /// The codes are stable: recovery is decided on them.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The body is empty or white space only.
        case empty
        /// The body ended before its root element did.
        case truncated
        /// Something follows the root element.
        case secondRoot = "second_root"
        /// The body is an HTML page.
        case html
        /// The body does not begin as XML does.
        case notXML = "not_xml"
        /// The body is not JSON.
        case notJSON = "not_json"
        /// The body begins as XML but is not well-formed.
        case notWellFormed = "not_well_formed"
        /// The root element is not one that the endpoint names.
        case unexpectedRoot = "unexpected_root"
        /// An answer without records that does not prove that there are none; the detail says what it holds instead.
        case unprovenEmpty = "unproven_empty"
        /// `Page`, `PageSize`, `TotalRecords` or `Records` is there and is not a count.
        case unreadableCounter = "unreadable_counter"
        /// The answer says that it is an error (a `Status` other than OK, or an `ErrorDescription`, which is the detail).
        case platformError = "platform_error"
        /// Elements are nested deeper than ``ParserLimits/depth``.
        case tooDeep = "too_deep"
        /// A body that is read whole, or a tag, comment or instruction, is longer than Inflow takes.
        case tooLong = "too_long"
        /// More different element names than ``ParserLimits/unknownNames``.
        case tooManyElements = "too_many_elements"
        /// The body carries a document type definition.
        case documentType = "document_type"
        /// The body is in a character set that this machine does not know, or that nothing has decoded.
        case unsupportedEncoding = "unsupported_encoding"
        /// The parser could not have the memory it needs, or an answer wanted more names than it keeps.
        case outOfMemory = "out_of_memory"
    }

    /// What is wrong with the body.
    public var code: Code
    /// What happened in fixed words.
    public var message: String { code.words }
    /// What was found; may hold values the platform sent.
    public var detail: String
    /// 1-based line, where one is known.
    public var line: Int?
    /// Bytes of the body before the place, roughly when characters were replaced, where known.
    public var offset: Int?

    /// An error from its parts.
    public init(_ code: Code, detail: String = "", line: Int? = nil, offset: Int? = nil) {
        self.code = code
        self.detail = detail
        self.line = line
        self.offset = offset
    }
}

extension ParseError.Code {
    /// The code in fixed words, fit to be shown to a person.
    public var words: String {
        switch self {
        case .empty: "the answer is empty"
        case .truncated: "the answer ends before it is complete"
        case .secondRoot: "something follows the end of the answer"
        case .html: "the answer is an HTML page"
        case .notXML: "the answer is not XML"
        case .notJSON: "the answer is not JSON"
        case .notWellFormed: "the answer is not well-formed XML"
        case .unexpectedRoot: "the answer's root element is not one that was asked for"
        case .unprovenEmpty: "the answer holds no records and does not show that there are none"
        case .unreadableCounter: "a counter of the answer is not a number"
        case .platformError: "the platform answered with an error"
        case .tooDeep: "the answer's elements are nested too deeply"
        case .tooLong: "a part of the answer is longer than Inflow takes"
        case .tooManyElements: "the answer has too many different element names"
        case .documentType: "the answer carries a document type definition, which Inflow refuses"
        case .unsupportedEncoding: "the answer is in a character set that Inflow cannot decode"
        case .outOfMemory: "there is not enough memory to read the answer"
        }
    }
}

extension ParseError: CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened and where; without values.
    public var description: String {
        switch (line, offset) {
        case (let line?, _): "\(message) (line \(line))"
        case (nil, let offset?): "\(message) (byte \(offset))"
        case (nil, nil): message
        }
    }
    /// The same with what was found.
    public var debugDescription: String { detail.isEmpty ? description : "\(description): \(detail)" }
}
