internal import Inflow
internal import Postgres

/// Writes values as COPY text.
struct RowEncoder {
    private var lastDay: Int32 = .min
    private var lastDayText: [UInt8] = []
    private var scratch: [UInt8] = []

    init() {}

    /// Appends one value whose text, if any, lies in the arena.
    mutating func append(_ value: Value, _ arena: UnsafeBufferPointer<UInt8>, to copy: inout CopyText) {
        switch value {
        case .null: copy.appendNull()
        case .text(let start, let length), .json(let start, let length):
            copy.append(UnsafeBufferPointer(rebasing: arena[Int(start)..<Int(start + length)]))
        case .decimal(let start, let length):
            copy.appendVerbatim(UnsafeBufferPointer(rebasing: arena[Int(start)..<Int(start + length)]))
        case .integer(let number): copy.append(number)
        case .boolean(let flag): copy.append(flag)
        case .date(let days):
            setDay(days)
            lastDayText.withUnsafeBufferPointer { copy.appendVerbatim($0) }
        case .moment(let microseconds): append(microseconds: microseconds, zone: "", to: &copy)
        case .instant(let microseconds): append(microseconds: microseconds, zone: "+00", to: &copy)
        case .clock(let seconds):
            scratch.removeAll(keepingCapacity: true)
            appendTime(Int(seconds))
            scratch.withUnsafeBufferPointer { copy.appendVerbatim($0) }
        }
    }

    private mutating func setDay(_ days: Int32) {
        guard days != lastDay else { return }
        lastDay = days
        lastDayText = Array(LocalDate(daysSinceEpoch: Int(days)).description.utf8)
    }

    private mutating func append(microseconds: Int64, zone: StaticString, to copy: inout CopyText) {
        let day = microseconds.flooredQuotient(86_400_000_000)
        let rest = microseconds - day * 86_400_000_000
        setDay(Int32(clamping: day))
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: lastDayText)
        scratch.append(0x20)
        appendTime(Int(rest / 1_000_000))
        let fraction = Int(rest % 1_000_000)
        if fraction != 0 {
            scratch.append(UInt8(ascii: "."))
            var unit = 100_000
            while unit > 0 {
                scratch.append(0x30 + UInt8(fraction / unit % 10))
                unit /= 10
            }
        }
        scratch.append(contentsOf: UnsafeBufferPointer(start: zone.utf8Start, count: zone.utf8CodeUnitCount))
        scratch.withUnsafeBufferPointer { copy.appendVerbatim($0) }
    }

    private mutating func appendTime(_ seconds: Int) {
        for (index, part) in [seconds / 3600, seconds / 60 % 60, seconds % 60].enumerated() {
            if index > 0 { scratch.append(UInt8(ascii: ":")) }
            scratch.append(0x30 + UInt8(part / 10))
            scratch.append(0x30 + UInt8(part % 10))
        }
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
