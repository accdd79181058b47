/// What a row is; the namespace of its identifiers.
enum RowKind: UInt8, Sendable, Hashable, CaseIterable {
    case staff = 1
    case client, contact, supplier, supplierContact, category, task, cost, group
    case job, jobTask, milestone, note, comment, jobCost
    case time, invoice, invoiceTask, quote, purchaseOrder, lead, leadCategory
    case customField, template, jobState
    /// Identifiers that belong to no row: the references to nothing.
    case unknown
}

/// A universally unique identifier made from a seed, a kind and a position; never stored.
struct RowID: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    /// Makes the identifier of the row at `index`.
    init(seed: UInt64, kind: RowKind, index: Int) {
        let base = SeededGenerator.mix(seed ^ (UInt64(kind.rawValue) << 56))
        let high = SeededGenerator.mix(base &+ UInt64(truncatingIfNeeded: index))
        let low = SeededGenerator.mix(high ^ 0xA5A5_5A5A_1234_9876)
        self.high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        self.low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// Reads the 36 characters of the usual spelling in any case; nil for anything else.
    init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        var halves: [UInt64] = [0, 0]
        var digits = 0
        for (position, character) in characters.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard character == 45 else { return nil }
                continue
            }
            let value: UInt8
            switch character {
            case 48...57: value = character - 48
            case 65...70: value = character - 55
            case 97...102: value = character - 87
            default: return nil
            }
            halves[digits / 16] = halves[digits / 16] << 4 | UInt64(value)
            digits += 1
        }
        high = halves[0]
        low = halves[1]
    }

    /// Appends the 36 characters to a buffer.
    func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { characters in
            var position = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    characters.initializeElement(at: position, to: 45)
                    position += 1
                }
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - (digit & 15) * 4)) & 15
                characters.initializeElement(at: position, to: value < 10 ? 48 + value : 87 + value)
                position += 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(characters))
        }
    }

    /// The usual text, in lower case.
    var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
