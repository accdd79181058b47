/// Writes rows in PostgreSQL's COPY text format into a buffer that is used again and again.
///
/// ```swift
/// text.append(bytes)      // one field after the other …
/// text.appendNull()
/// text.endRow()
/// ```
/// Fields are bytes of UTF-8 and are not checked: U+0000 and broken UTF-8 pass through, and the server refuses the line
/// they are in (SQLSTATE 22021) with its number. Backslash and the control characters 8 to 13 are escaped; a field that
/// reads `\N` stays text. A field is copied and searched eight bytes at a time.
public struct CopyText: Sendable {
    @usableFromInline var storage: [UInt8]
    @usableFromInline var used = 0
    @usableFromInline var rowStart = 0

    /// The number of ended rows.
    public private(set) var rowCount = 0

    /// Makes an empty buffer that holds some bytes before it must grow.
    public init(capacity: Int = 1 << 20) {
        storage = [UInt8](repeating: 0, count: max(64, capacity))
    }

    /// The number of bytes of the ended rows: hand over at about 64 KiB to 1 MiB.
    @inlinable public var byteCount: Int { rowStart }

    /// Lends the ended rows; a row that is not ended is left out.
    public func withUnsafeBytes<T, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> T) throws(E) -> T {
        try storage.withUnsafeBufferPointer { bytes throws(E) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<rowStart])))
        }
    }

    /// Empties the buffer but keeps its memory; a row that is not ended is dropped.
    public mutating func removeAll() {
        (used, rowStart, rowCount) = (0, 0, 0)
    }

    /// Ends the row; the next value appended begins another.
    @inlinable
    public mutating func endRow() {
        if used > rowStart {
            storage[used - 1] = 0x0A  // The tab behind the last field.
        } else {
            reserve(1)
            storage[used] = 0x0A
            used += 1
        }
        rowStart = used
        countRow()
    }

    @usableFromInline
    mutating func countRow() { rowCount += 1 }

    /// Appends a field of text.
    @inlinable
    public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return appendVerbatim(bytes) }
        let count = bytes.count
        reserve(2 * count + 9)
        let start = used
        used = storage.withUnsafeMutableBufferPointer { storage in
            guard var target = storage.baseAddress?.advanced(by: start) else { return start }
            let first = target - start
            var index = 0
            while index + 8 <= count {
                let word = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
                if Self.needsEscape(word) {
                    for byte in index..<index + 8 { Self.put(source[byte], &target) }
                } else {
                    UnsafeMutableRawPointer(target).storeBytes(of: word, as: UInt64.self)
                    target += 8
                }
                index += 8
            }
            while index < count {
                Self.put(source[index], &target)
                index += 1
            }
            target.pointee = 0x09
            return target + 1 - first
        }
    }

    /// Appends a field of text.
    @inlinable
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    /// Appends a field of text.
    @inlinable
    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    /// Appends a field of text.
    @inlinable
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Appends bytes that are known to need no escape: the text of a number, a date, a UUID.
    @inlinable
    public mutating func appendVerbatim(_ bytes: UnsafeBufferPointer<UInt8>) {
        let count = bytes.count
        reserve(count + 1)
        let start = used
        storage.withUnsafeMutableBytes { storage in
            guard let target = storage.baseAddress?.advanced(by: start) else { return }
            if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: count) }
            storage[start + count] = 0x09
        }
        used = start + count + 1
    }

    /// Appends a whole number.
    @inlinable
    public mutating func append(_ value: Int64) {
        reserve(21)
        var magnitude = value.magnitude
        var digits = 1
        var limit: UInt64 = 10
        while digits < 19, magnitude >= limit {
            digits += 1
            limit *= 10
        }
        if value < 0 {
            storage[used] = 0x2D
            used += 1
        }
        storage.withUnsafeMutableBufferPointer { [used] storage in
            for place in stride(from: used + digits - 1, through: used, by: -1) {
                storage[place] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
            }
            storage[used + digits] = 0x09
        }
        used += digits + 1
    }

    /// Appends true or false.
    @inlinable
    public mutating func append(_ value: Bool) {
        reserve(2)
        storage[used] = value ? 0x74 : 0x66
        storage[used + 1] = 0x09
        used += 2
    }

    /// Appends a floating-point number, exact to the last bit.
    public mutating func append(_ value: Double) {
        append(value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.description)
    }

    /// Appends SQL null, which COPY writes as `\N`.
    @inlinable
    public mutating func appendNull() {
        reserve(3)
        storage[used] = 0x5C
        storage[used + 1] = 0x4E
        storage[used + 2] = 0x09
        used += 3
    }

    /// Makes room for that many bytes behind what is written.
    @inlinable
    mutating func reserve(_ count: Int) {
        if storage.count - used < count { grow(count) }
    }

    @usableFromInline
    mutating func grow(_ count: Int) {
        storage.append(contentsOf: repeatElement(0, count: max(count, storage.count)))
    }

    /// Whether a byte of the word is below 14 or a backslash.
    @inlinable
    static func needsEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let slashes = word ^ (ones &* 0x5C)
        return ((word &- ones &* 14) & ~word | (slashes &- ones) & ~slashes) & tops != 0
    }

    /// Writes one byte, escaped if it must be.
    @inlinable
    static func put(_ byte: UInt8, _ target: inout UnsafeMutablePointer<UInt8>) {
        if byte == 0x5C || (byte >= 0x08 && byte <= 0x0D) {
            target.pointee = 0x5C
            target[1] = escaped(byte)
            target += 2
        } else {
            target.pointee = byte
            target += 1
        }
    }

    @inlinable
    static func escaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0B: UInt8(ascii: "v")
        case 0x0C: UInt8(ascii: "f")
        case 0x0D: UInt8(ascii: "r")
        default: byte
        }
    }
}
