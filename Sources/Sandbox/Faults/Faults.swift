/// The faults waiting to happen, oldest first.
struct Faults: Sendable {
    private(set) var waiting: [Fault] = []
    /// Decides about faults of a rate: the same for the same calls in the same order.
    private var random = SeededGenerator(seed: 7)

    /// Adds a fault behind those that wait already.
    mutating func add(_ fault: Fault) {
        waiting.append(fault)
    }

    /// Removes the faults of a kind and of a `match`; nil means any.
    mutating func remove(kind: FaultKind? = nil, match: String? = nil) {
        waiting.removeAll { (kind == nil || $0.kind == kind) && (match == nil || $0.match == match) }
    }

    /// The fault that happens to this call, if any; counts the call for every fault it matches.
    ///
    /// `now` is the platform's time in seconds since 1970, by which a day without quota ends.
    mutating func next(path: String, query: String, now: Double = 0) -> Fault? {
        var happening: Fault?
        for index in waiting.indices {
            let fault = waiting[index]
            guard path.lowercased().hasPrefix(fault.match.lowercased()),
                fault.contains.isEmpty || "\(path)?\(query)".contains(fault.contains)
            else { continue }
            if let until = fault.until, now >= until {
                waiting[index].times = 0
            } else if fault.after > 0 {
                waiting[index].after -= 1
            } else if fault.rate < 1, !random.chance(Int(fault.rate * 1000)) {
                continue
            } else if happening == nil, fault.times != 0 {
                if fault.kind == .quotaEnds, fault.until == nil { waiting[index].endQuota(now: now) }
                happening = waiting[index]
                if fault.times > 0, fault.kind != .quotaEnds { waiting[index].times -= 1 }
            }
        }
        waiting.removeAll { $0.times == 0 }
        return happening
    }
}
