/// Element names and their numbers: the vocabulary first, then unknown names in the order seen.
///
/// Names match without regard to the case of ASCII letters.
struct NameTable: ~Copyable {
    /// Name of each number: the vocabulary as given, unknown names as first spelt.
    private(set) var names: [String]

    private var folded: [UInt8] = []
    private var places: [Place] = []
    private var slots: [Int32]
    private let most: Int
    private let seed = UInt64.random(in: .min ... .max)
    /// Numbers of the names met lately, by the address of the name.
    private var recent = [Recent](repeating: Recent(), count: 512)

    private struct Recent {
        var address: UInt = 0
        var number: Int32 = 0
    }

    private struct Place {
        var hash: UInt64
        var start: Int
        var end: Int
    }

    init(vocabulary: [String], unknownNames: Int) {
        names = []
        most = vocabulary.count + unknownNames
        slots = Array(repeating: -1, count: 256)
        for word in vocabulary {
            let key = Array(word.utf8)
            key.withUnsafeBufferPointer { bytes in
                if lookUp(bytes, prefix: nil) == nil {
                    add(bytes, prefix: nil, hash: hash(bytes, prefix: nil), spelt: word)
                } else {
                    // A word given twice keeps its own number, though the first one is always found.
                    places.append(Place(hash: 0, start: -1, end: -1))
                    names.append(word)
                }
            }
        }
    }

    /// The number of a name, new when it was not seen before; `nil` when there are too many unknown names.
    ///
    /// `prefix` is a byte put before the name: `@` for attributes.
    @inline(__always)
    mutating func number(of name: UnsafeBufferPointer<UInt8>, prefix: UInt8? = nil) -> Int32? {
        lookUp(name, prefix: prefix) ?? addUnknown(name, prefix: prefix)
    }

    /// The number of a name that always lies at the same address while the table lives, and nothing else does.
    ///
    /// libxml2 keeps each name once; so most names are found without reading them.
    @inline(__always)
    mutating func number(ofKept name: UnsafePointer<UInt8>, length: () -> Int) -> Int32? {
        let address = UInt(bitPattern: name)
        let slot = Int(truncatingIfNeeded: (address >> 2) ^ (address >> 11)) & 511
        if recent[slot].address == address { return recent[slot].number }
        guard let number = number(of: UnsafeBufferPointer(start: name, count: length())) else { return nil }
        recent[slot] = Recent(address: address, number: number)
        return number
    }

    @inline(__always)
    private func lookUp(_ name: UnsafeBufferPointer<UInt8>, prefix: UInt8?) -> Int32? {
        let hash = hash(name, prefix: prefix)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while true {
            let number = slots[slot]
            if number < 0 { return nil }
            if places[Int(number)].hash == hash, isSame(name, prefix: prefix, number: Int(number)) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    @inline(__always)
    private func hash(_ name: UnsafeBufferPointer<UInt8>, prefix: UInt8?) -> UInt64 {
        var hash = seed
        if let prefix { hash = (hash ^ UInt64(prefix)) &* 0x9E37_79B9_7F4A_7C15 }
        for byte in name {
            // Setting bit 5 folds the case of letters; `isSame` separates what else it folds.
            hash = (hash ^ UInt64(byte | 0x20)) &* 0x0000_0100_0000_01B3
        }
        return hash ^ (hash >> 29)
    }

    @inline(__always)
    private func isSame(_ name: UnsafeBufferPointer<UInt8>, prefix: UInt8?, number: Int) -> Bool {
        let place = places[number]
        var next = place.start
        guard place.end - next == name.count + (prefix == nil ? 0 : 1) else { return false }
        if let prefix {
            guard folded[next] == prefix else { return false }
            next += 1
        }
        for byte in name {
            guard folded[next] == byte.lowerCased else { return false }
            next += 1
        }
        return true
    }

    @inline(never)
    private mutating func addUnknown(_ name: UnsafeBufferPointer<UInt8>, prefix: UInt8?) -> Int32? {
        guard names.count < most else { return nil }
        let spelt = String(decoding: name, as: UTF8.self)
        let sign = prefix.map { String(UnicodeScalar($0)) } ?? ""
        return add(name, prefix: prefix, hash: hash(name, prefix: prefix), spelt: sign + spelt)
    }

    @discardableResult
    private mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, prefix: UInt8?, hash: UInt64, spelt: String
    ) -> Int32 {
        let start = folded.count
        if let prefix { folded.append(prefix) }
        for byte in name { folded.append(byte.lowerCased) }
        let number = Int32(places.count)
        places.append(Place(hash: hash, start: start, end: folded.count))
        names.append(spelt)
        if places.count * 2 > slots.count { grow() } else { settle(number, hash: hash) }
        return number
    }

    private mutating func settle(_ number: Int32, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = number
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for number in places.indices where places[number].start >= 0 {
            settle(Int32(number), hash: places[number].hash)
        }
    }
}

extension UInt8 {
    /// The byte with an ASCII capital letter made small.
    @inline(__always)
    var lowerCased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }

    /// Whether it is white space in XML: space, tab, line feed, carriage return.
    @inline(__always)
    var isBlank: Bool { self == 32 || self == 9 || self == 10 || self == 13 }
}
