/// Everything that can go wrong on demand; the raw values are the `kind` of `/sandbox/faults`.
///
/// The sandbox learns faults from what other platforms, proxies and gateways have been seen to do. None of them says
/// anything about the records: whatever a fault answers, `/sandbox/truth` still shows what the platform holds. A
/// loader that believes one of these answers therefore differs from the truth, and a test sees it.
///
/// Three groups act at three places. Kinds that answer instead of the rows (`FaultAnswers`) never look at the
/// organisation. Kinds that choose rows or counters change the `RowList` (`SpoiledBody.spoil`), so that the body stays
/// well-formed and only its content is wrong. Kinds that change bytes or headers (`SpoiledBody`, `BodyEncoding`) take
/// the right body and spoil its form.
enum FaultKind: String, Sendable, Codable, CaseIterable {
    // MARK: answers instead of rows

    case status403, status500, status503, html502, status429
    case reset
    case emptyBody = "empty_body"
    case expireToken = "expire_token"
    case slowFirstByte = "slow_first_byte"
    case errorStatus = "error_status"
    /// An error in the platform's form that says nothing about a key: `text`, `status` (200), `spelling`.
    case genericError = "generic_error"
    /// The 404 of a gateway that does not know the route, in JSON.
    case noRoute = "no_route"
    /// A 404 without a body.
    case empty404 = "empty_404"
    /// An answer that is OK and holds nothing at all.
    case bareOK = "bare_ok"
    /// An answer that is OK and holds the empty container of the endpoint's list.
    case emptyContainer = "empty_container"
    /// The platform's own answer to a key that does not exist, for any key.
    case unknownKey = "unknown_key"
    /// `ErrorDescription` without a `Status`.
    case errorDescription = "error_description"
    /// An empty root whose attribute says that it is an error.
    case statusAttribute = "status_attribute"
    /// A well-formed answer whose root element is empty.
    case emptyResponse = "empty_response"
    /// 403 because the person may not see this list, in JSON.
    case forbidden
    /// 403 because the person may not see this list, in XML.
    case forbiddenXML = "forbidden_xml"
    /// An error (500) whose text holds NUL bytes.
    case nulError = "nul_error"
    /// 429 for the rest of the platform's day (UTC), after the calls in `after`; the next day all is well.
    case quotaEnds = "quota_ends"
    /// Exactly `status`, `headers` and `body`.
    case answer

    // MARK: other rows

    /// A well-formed list without a record, whose counters say that there is none.
    case validEmpty = "valid_empty"
    /// A well-formed list without a record, whose counters go on counting all.
    case validEmptyList = "valid_empty_list"
    /// A well-formed list of every second record, whose counters count only those.
    case halfList = "half_list"
    /// Every second record of a page, beside counters that go on counting all.
    case halfPage = "half_page"
    /// A list of `most` records, the first or (`spread`) some from all over it, without a word; its counters count only
    /// those.
    case cutList = "cut_list"
    /// A detailed list without the details.
    case headerOnly = "header_only"
    case duplicateRows = "duplicate_rows"
    case repeatPage = "repeat_page"
    /// A page without `TotalRecords`.
    case noTotal = "no_total"
    /// Counters (`Page`, `PageSize`, `TotalRecords`, `Records`) that hold `text`, or "many".
    case unreadableCounters = "unreadable_counters"

    // MARK: other bytes

    case cutBody = "cut_body"
    case slowBody = "slow_body"
    case truncatedXML = "truncated_xml"
    case secondRoot = "second_root"
    case illegalCharacters = "illegal_characters"
    case invalidUTF8 = "invalid_utf8"
    /// A body that is not well-formed where the text `holding` stands in it; one without it is as it should be.
    case brokenRecord = "broken_record"
    /// The rows, beside a `Status` that reads `text`; an empty `text` leaves the element out.
    case statusSpelling = "status_spelling"
    /// The rows in a container called `text`, or `TimeList` for `Times`.
    case renamedContainer = "renamed_container"
    /// Each record in an element called `text`, or `TimeItem` for `Time`.
    case renamedRecord = "renamed_record"
    /// Every identifier in upper case.
    case upperIdentifiers = "upper_identifiers"
    /// Every identifier with blanks and a line feed around it.
    case paddedIdentifiers = "padded_identifiers"

    // MARK: other encodings

    /// Latin-1 without a declaration; only the header names it.
    case latin1
    /// UTF-16 with a byte order mark, little-endian.
    case utf16
    /// UTF-16 with a byte order mark, big-endian.
    case utf16BigEndian = "utf16_be"
    /// UTF-8 bytes below a declaration that says utf-16.
    case utf16Declared = "utf16_declared"
    /// UTF-16 with half a surrogate pair and half a unit at the end.
    case undecodable
    /// A character set that does not exist, in header and declaration.
    case unknownCharset = "unknown_charset"
    /// The right bytes in UTF-8, beside a header that names `text`, or ISO-8859-1.
    case wrongCharset = "wrong_charset"
    /// Two gzip members, one after the other.
    case gzipMembers = "gzip_members"
    /// gzip bytes without a `Content-Encoding`.
    case rawGzip = "raw_gzip"
    /// A header line of `bytes`, or 300,000, letters.
    case longHead = "long_head"

    // MARK: other times

    /// The answer is made at once and waits until `/sandbox/release`.
    case hold

    // MARK: the token endpoint

    /// Rotates, then resets the connection.
    case answerLost = "answer_lost"
    /// Refuses without rotating; `status` may be other than 400.
    case invalidGrant = "invalid_grant"
    /// Grants as usual, but with `status`, or 201.
    case grantedStatus = "granted_status"
}
