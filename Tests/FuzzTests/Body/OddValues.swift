import TestSupport

/// Texts that platforms, spreadsheets and people put where something else is expected.
enum OddValues {
    /// Texts of every kind.
    static let texts: [String] = [
        "", " ", "\n\t ", "0", "-0", "+7", "007", "1.", ".5", ".", "-", "1e3", "1E-05", "1.50E+2", "12,5", "1,234.56",
        "1 000", "NaN", "INF", "-12.3400", "99999999999", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "123456789012345678901234567890.123456789012345678901234567890", "0x1F", "١٢٣", "½", "true", "FALSE", "Yes",
        "no",
        "Y", "n", "1", "on", "yes ", " TRUE", "maybe", "2026-03-05", "20260305", "2026-3-5", "2026-02-30", "2028-02-29",
        "2027-02-29", "0000-00-00", "0001-01-01", "0001-01-01T00:00:00", "1900-01-01T00:00:00", "9999-12-31",
        "10000-01-01",
        "2026-03-09T11:00:00Z", "2026-03-09T11:00:00+13:00", "2026-03-09T24:00:00", "2026-03-09T23:59:60",
        "2026-03-09T11:00:00.1234567", "2026-03-09 11:00", "2026-03-09T", "05/03/2026", "2026-03-05T00:00:00x", "08:30",
        "8:05", "24:00", "24:01", "08:30:59", "1440", "1441", "510", "8.5", "null", "NULL", "N/A", "undefined", "∅",
        "Rāwiri O’Kea", "日本語", "👩‍👩‍👧", "e\u{301}", "\u{202E}right to left", "\u{FEFF}mark", "a\u{00A0}b", "\u{2028}",
        "]]>", "<b>bold</b>", "&amp;", "&#8;", "%00", "\\N", "\\.", "\\t", "a\tb", "a\nb", "a\r\nb", "\"quoted\"", "'",
        "''",
        "$1", "{}", "[1]", "{\"a\":1}", "'; drop table wfm.invoice; --", "\u{FFFD}",
        "\u{FFFE}x".replacing("\u{FFFE}", with: ""),
        "00000000-0000-0000-0000-000000000000", "{21000000-0000-4000-8000-000000000001}",
        "21000000-0000-4000-8000-000000000001 ", "#1", "#2", "P/1", "../list", "a/b?c=d&e#f",
    ]

    /// One of them, or a text of the numbers' making; seldom a long one.
    static func text(_ numbers: inout SeededNumbers) -> String {
        switch Int.random(in: 0..<20, using: &numbers) {
        case 0: String(repeating: "long ", count: Int.random(in: 1...30_000, using: &numbers))
        case 1: String(Int.random(in: -100_000...100_000, using: &numbers))
        case 2: "\(Int.random(in: 0...9_999, using: &numbers)).\(Int.random(in: 0...99_999, using: &numbers))"
        case 3: letters(&numbers)
        default: texts.randomElement(using: &numbers) ?? ""
        }
    }

    private static func letters(_ numbers: inout SeededNumbers) -> String {
        let count = Int.random(in: 1...40, using: &numbers)
        return String(
            String.UnicodeScalarView(
                (0..<count).compactMap { _ in
                    let range =
                        [0x20...0x7E, 0xA0...0x2FF, 0x400...0x4FF, 0x4E00...0x4EFF, 0x1F600...0x1F64F]
                        .randomElement(using: &numbers) ?? 0x20...0x7E
                    return Unicode.Scalar(UInt32(Int.random(in: range, using: &numbers)))
                }))
    }

    /// A counter that a list may write.
    static func counter(_ right: Int, _ numbers: inout SeededNumbers) -> String {
        [
            "\(right)", "\(right)", "\(right + 1)", "\(max(0, right - 1))", "0", "-1", "\(right).0", " \(right) ", "",
            "many",
            "9223372036854775808", "1e9", "+\(right)", "0\(right)",
        ].randomElement(using: &numbers) ?? ""
    }

    /// An identifier in another spelling, or none.
    static func identifier(_ right: String, _ numbers: inout SeededNumbers) -> String {
        [
            right.uppercased(), right.lowercased(), " \(right)", "\(right)\n", "{\(right)}", "", " ",
            "00000000-0000-0000-0000-000000000000", String(repeating: "k", count: 5_000), String(right.prefix(8)),
            right + "\u{200B}", right.replacing("-", with: ""),
        ].randomElement(using: &numbers) ?? right
    }
}
