/// How the sandbox spells what the sources of the reference spell differently (reference 2.6 and 2.8).
///
/// The default is a believable mix of generation G3: four decimals, a declaration, `WebURL`.
public struct SandboxSpelling: Sendable, Hashable {
    /// How true and false are written.
    public enum Booleans: String, Sendable, CaseIterable {
        /// `true`/`false` or `Yes`/`No` as the reference gives it for each element.
        case documented
        /// `true`/`false` everywhere.
        case trueFalse
        /// `Yes`/`No` everywhere.
        case yesNo
    }

    /// How `Start` and `End` of a time entry are written.
    public enum Clock: String, Sendable, CaseIterable {
        /// `13:05`.
        case hoursMinutes
        /// Minutes of the day, `785`.
        case minutesOfDay
    }

    /// How an empty text is written.
    public enum Empty: String, Sendable, CaseIterable {
        /// `<Phone/>`.
        case short
        /// `<Phone></Phone>`.
        case pair
        /// Not at all.
        case absent
    }

    /// How the UTC instants of jobs are written.
    public enum Instants: String, Sendable, CaseIterable {
        /// `2026-03-02T08:15:00`.
        case plain
        /// `2026-03-02T08:15:00Z`.
        case zulu
        /// `2026-03-02T08:15:00.123`.
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
    /// The boolean spelling.
    public var booleans = Booleans.documented
    /// The clock spelling.
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
