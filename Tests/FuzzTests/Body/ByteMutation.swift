import TestSupport

/// A change of a body's bytes, such as networks, proxies and other programs have made.
enum ByteMutation: String, Sendable, CaseIterable {
    case flip, drop, insert, double, truncate, swap, zero, control, badUTF8, garbageAfter, secondRoot, empty, blank
    case page, documentType, number, ampersand, entity, json, blanksBefore, halfDeclaration

    /// Applies it at places that the numbers choose.
    func apply(to bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
        let place = Int.random(in: 0...bytes.count, using: &numbers)
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &numbers))
        switch self {
        case .flip: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &numbers) }
        case .drop: bytes.removeSubrange(place..<end)
        case .insert:
            let count = Int.random(in: 1...8, using: &numbers)
            bytes.insert(contentsOf: (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }, at: place)
        case .double: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case .truncate: bytes.removeSubrange(place...)
        case .swap:
            let other = bytes.count - place
            if place < bytes.count, other < bytes.count { bytes.swapAt(place, other) }
        case .zero: bytes.insert(0, at: place)
        case .control: bytes.insert(UInt8.random(in: 1...31, using: &numbers), at: place)
        case .badUTF8:
            let wrong: [[UInt8]] = [
                [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
            ]
            bytes.insert(contentsOf: wrong.randomElement(using: &numbers) ?? [0xFF], at: place)
        case .number:
            insert(
                ["&#0;", "&#8;", "&#x1F;", "&#xFFFE;", "&#x110000;", "&#;", "&#xD800;"], into: &bytes, place, &numbers)
        case .ampersand: insert(["&", "& ", "<", "&amp", "]]>", "<!", "--"], into: &bytes, place, &numbers)
        case .entity: insert(["&nbsp;", "&eacute;", "&hellip;", "&unknown;", "&xxe;"], into: &bytes, place, &numbers)
        case .garbageAfter: bytes += Array("\n0\r\n\r\n".utf8)
        case .secondRoot: bytes += Array("<Response><Status>OK</Status></Response>".utf8)
        case .empty: bytes = []
        case .blank: bytes = Array(" \r\n\t ".utf8)
        case .page: bytes = Array("<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>".utf8)
        case .documentType:
            bytes.insert(
                contentsOf: Array("<!DOCTYPE Response [<!ENTITY a \"b\">]>".utf8), at: declarationEnd(of: bytes))
        case .json: bytes = Array(#"{"error":"server_error","data":[]}"#.utf8)
        case .blanksBefore: bytes.insert(contentsOf: Array("\n \n".utf8), at: 0)
        case .halfDeclaration: bytes = Array("<?xml version=\"1.0\"".utf8) + bytes
        }
    }

    private func insert(_ words: [String], into bytes: inout [UInt8], _ place: Int, _ numbers: inout SeededNumbers) {
        bytes.insert(contentsOf: Array((words.randomElement(using: &numbers) ?? "").utf8), at: place)
    }

    /// After the XML declaration, or at the start.
    private func declarationEnd(of bytes: [UInt8]) -> Int {
        guard bytes.starts(with: "<?xml".utf8), let end = bytes.firstIndex(of: 62) else { return 0 }
        return end + 1
    }
}
