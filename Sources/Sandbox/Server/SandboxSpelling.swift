/// How the sandbox spells what the sources of the reference spell differently (reference 2.6 and 2.8).
///
/// The default is a believable mix of generation G3: four decimals, a declaration, `WebURL`.
public struct SandboxSpelling: Sendable, Hashable {
    /// How true and false are written.
    public enum Booleans: String, Sendable, CaseIterable {
        /// `true`/`false` or `Yes`/`No` as the reference gives it for each element.
        case documented
        /// Writes `true` and `false` everywhere.
        case trueFalse
        /// Writes `Yes` and `No` everywhere.
        case yesNo
    }

    /// How `Start` and `End` of a time entry are written.
    public enum Clock: String, Sendable, CaseIterable {
        /// Hours and minutes, such as `13:05`.
        case hoursMinutes
        /// Minutes of the day, `785`.
        case minutesOfDay
    }

    /// How an empty text is written.
    public enum Empty: String, Sendable, CaseIterable {
        /// An empty element in its short form, such as `<Phone/>`.
        case short
        /// An empty element as a pair of tags, such as `<Phone></Phone>`.
        case pair
        /// An element without a value is left out.
        case absent
    }

    /// How the UTC instants of jobs are written.
    public enum Instants: String, Sendable, CaseIterable {
        /// Without a zone, such as `2026-03-02T08:15:00`.
        case plain
        /// With the zone letter Z, such as `2026-03-02T08:15:00Z`.
        case zulu
        /// With milliseconds, such as `2026-03-02T08:15:00.123`.
        case fraction
    }

    /// `WebURL` when true (live G3), else `WebUrl`.
    public var capitalWebURL = true
    /// `PostCode` when true, else `Postcode`.
    public var capitalPostCode = true
    /// Writes an invoice's key as `InternalUUID` instead of `UUID`.
    public var internalInvoiceUUID = false
    /// Leaves the `UUID` of quotes out, as generation G2 does.
    public var quotesWithoutUUID = false
    /// Two or four decimal places; with two, the organisation is made with whole cents only.
    public var decimals = 4
    /// How true and false are spelt in all answers.
    public var booleans = Booleans.documented
    /// How times of day are spelt in all answers.
    public var clock = Clock.hoursMinutes
    /// The spelling of an empty text.
    public var empty = Empty.short
    /// The spelling of UTC instants.
    public var instants = Instants.plain
    /// Pretty-prints with two blanks a level instead of one line.
    public var indented = false
    /// Writes the XML declaration.
    public var declaration = true
    /// Writes the `api-method` attribute.
    public var apiMethod = true
    /// Answers `job.api/costs` with `Costs` as the root, as the documentation shows it.
    public var bareJobCosts = false
    /// Wraps a single supplier in `Suppliers`, as the V1 document has it.
    public var nestedSupplier = false
    /// Writes the rows of every list in random order instead of the usual one (time entries are never sorted).
    public var unsorted = false

    /// Makes the default spelling of G3.
    public init() {}

    /// The spelling of the older generation G2: two decimals, `WebUrl`, no UUID on quotes.
    public static var g2: SandboxSpelling {
        var spelling = SandboxSpelling()
        spelling.capitalWebURL = false
        spelling.decimals = 2
        spelling.quotesWithoutUUID = true
        spelling.declaration = false
        return spelling
    }
}
