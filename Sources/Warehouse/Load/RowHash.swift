internal import Crypto
internal import Inflow

/// Recognises changed rows: 128 bits of SHA-256 over the typed values in one canonical form.
///
/// The form is the same on every machine and release: a tag for the kind, then the length and bytes of a text, or the
/// little-endian bytes of a number. Decimals come without scale and `extra` with sorted keys (``Value``). The stored
/// hash begins with the definition's version as two bytes: where it differs from today's, columns are compared
/// instead.
struct RowHash {
    private var form: [UInt8] = []
    private let version: [UInt8]

    init(version: Int) {
        self.version = [UInt8(truncatingIfNeeded: version >> 8), UInt8(truncatingIfNeeded: version)]
        form.reserveCapacity(4096)
    }

    /// Begins another row or set of rows.
    mutating func begin() {
        form.removeAll(keepingCapacity: true)
    }

    /// Adds a mark that separates rows and tables.
    mutating func add(mark: UInt8) {
        form.append(mark)
    }

    /// Adds a value whose text, if any, lies in the arena.
    mutating func add(_ value: Value, _ arena: UnsafeBufferPointer<UInt8>) {
        switch value {
        case .null: form.append(0)
        case .text(let start, let length): add(1, arena, start, length)
        case .decimal(let start, let length): add(2, arena, start, length)
        case .integer(let number): add(3, number)
        case .boolean(let flag): form.append(flag ? 5 : 4)
        case .date(let days): add(6, Int64(days))
        case .moment(let microseconds): add(7, microseconds)
        case .instant(let microseconds): add(8, microseconds)
        case .clock(let seconds): add(9, Int64(seconds))
        case .json(let start, let length): add(10, arena, start, length)
        }
    }

    private mutating func add(_ tag: UInt8, _ arena: UnsafeBufferPointer<UInt8>, _ start: Int32, _ length: Int32) {
        form.append(tag)
        withUnsafeBytes(of: length.littleEndian) { form.append(contentsOf: $0) }
        form.append(contentsOf: UnsafeBufferPointer(rebasing: arena[Int(start)..<Int(start + length)]))
    }

    private mutating func add(_ tag: UInt8, _ number: Int64) {
        form.append(tag)
        withUnsafeBytes(of: number.littleEndian) { form.append(contentsOf: $0) }
    }

    /// Writes the version and the hash of what was added since ``begin()``, as COPY writes `bytea`.
    func write(into text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: [0x5C, 0x5C, 0x78])  // \\x: the backslash itself is escaped in COPY
        for byte in version { RowHash.hex(byte, &text) }
        var hash = SHA256()
        form.withUnsafeBytes { hash.update(bufferPointer: $0) }
        var count = 0
        for byte in hash.finalize() where count < 16 {
            RowHash.hex(byte, &text)
            count += 1
        }
    }

    private static func hex(_ byte: UInt8, _ text: inout [UInt8]) {
        let digits: StaticString = "0123456789abcdef"
        text.append(digits.utf8Start[Int(byte >> 4)])
        text.append(digits.utf8Start[Int(byte & 15)])
    }
}
