public import Foundation

/// A value bound to `$1`, `$2`, … of a statement: it is never part of the SQL.
///
/// Text and null leave their type to the server, so `.text("2026-11-21")` can be bound where a date is wanted, and
/// `.text` of JSON where `jsonb` is. The others say their type.
public enum PostgresParameter: Sendable, Equatable {
    /// SQL null, of whatever type the statement expects.
    case null
    /// Text without U+0000; the server infers its type from the place it is used at.
    case text(String)
    /// A whole number, `bigint`.
    case int64(Int64)
    /// True or false, `boolean`.
    case bool(Bool)
    /// A floating-point number, `double precision`; exact to the last bit, NaN and infinities included.
    case double(Double)
    /// Raw bytes, bound as `bytea` in binary form.
    case bytes([UInt8])
    /// An instant, `timestamptz`, exact to the microsecond.
    case timestamp(Date)
    /// An array of text with nulls, `text[]`; write `$1::uuid[]` where another type is wanted.
    case textArray([String?])
    /// An array of whole numbers, `bigint[]`.
    case int64Array([Int64])

    /// Binds any width of whole number.
    public static func int(_ value: Int) -> Self { .int64(Int64(value)) }
}

extension PostgresParameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    /// Makes a text parameter of a string literal.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Binds a literal whole number.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// Binds literal true or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Binds a literal floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes a null parameter of the literal `nil`.
    public init(nilLiteral: ()) { self = .null }
}

/// A parameter as it crosses the wire.
struct BoundParameter {
    let typeID: UInt32
    /// Ends with a zero byte when it is text; nil is SQL null.
    let bytes: [UInt8]?
    let isBinary: Bool
}

extension PostgresParameter {
    /// Source: the OIDs of `pg_type.dat`, which never change.
    func bound() throws(PostgresError) -> BoundParameter {
        switch self {
        case .null: BoundParameter(typeID: 0, bytes: nil, isBinary: false)
        case .text(let text): try Self.text(text, typeID: 0)
        case .int64(let value): try Self.text(String(value), typeID: 20)
        case .bool(let value): try Self.text(value ? "t" : "f", typeID: 16)
        case .double(let value): Self.binary(value.bitPattern, typeID: 701)
        case .bytes(let bytes): BoundParameter(typeID: 17, bytes: bytes, isBinary: true)
        case .timestamp(let date): Self.binary(UInt64(bitPattern: try date.postgresMicroseconds()), typeID: 1184)
        case .textArray(let texts): try Self.text(Self.array(texts.map { $0.map(Self.quoted) }), typeID: 1009)
        case .int64Array(let values): try Self.text(Self.array(values.map(String.init)), typeID: 1016)
        }
    }

    private static func text(_ text: String, typeID: UInt32) throws(PostgresError) -> BoundParameter {
        var bytes = [UInt8](text.utf8)
        guard !bytes.contains(0) else {
            throw PostgresError(.badParameter, detail: "The text holds U+0000, which PostgreSQL cannot keep.")
        }
        bytes.append(0)
        return BoundParameter(typeID: typeID, bytes: bytes, isBinary: false)
    }

    private static func binary(_ bits: UInt64, typeID: UInt32) -> BoundParameter {
        BoundParameter(typeID: typeID, bytes: withUnsafeBytes(of: bits.bigEndian, Array.init), isBinary: true)
    }

    private static func array(_ elements: [String?]) -> String {
        "{" + elements.map { $0 ?? "NULL" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

extension Date {
    /// Seconds from 2000-01-01 to 2001-01-01, PostgreSQL's and Foundation's beginnings of time.
    static let secondsBetweenEpochs: Double = 366 * 86_400

    /// Microseconds since 2000-01-01 00:00 UTC, as `timestamptz` counts.
    func postgresMicroseconds() throws(PostgresError) -> Int64 {
        let microseconds = ((timeIntervalSinceReferenceDate + Self.secondsBetweenEpochs) * 1_000_000).rounded()
        // 4714-11-24 BC up to (not including) 294277-01-01.
        guard microseconds >= -211_813_488_000_000_000, microseconds < 9_223_371_331_200_000_000,
            let exact = Int64(exactly: microseconds)
        else {
            throw PostgresError(.badParameter, detail: "The date is outside what PostgreSQL can hold.")
        }
        return exact
    }
}
