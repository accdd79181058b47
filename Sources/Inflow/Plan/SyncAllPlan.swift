public import Foundation

/// What a Sync All reads: windows, what changed, sweeps, lists, and the rotation through what was loaded before.
///
/// The platform filters most lists by a date only (reference §2.5): a window never reports a change to an older record,
/// or a deletion. So a Sync All reads each dated entity in several ways that together miss no change for long:
///
/// - the last months and the year ahead at every run, since most changes are to young documents;
/// - the lists of open documents, whatever their age, since an open document still changes;
/// - what changed since the watermark, where the platform has such a filter, and everything once a week;
/// - lists of which each record costs a call, and lists that the platform gives by years (leads), whole once a week; in
///   between the list of the former, and the open records and the last months of the latter;
/// - the months that are not complete although they could be, and those verified longest ago, a share each day, so that
///   every loaded month is verified within `rotation-days`.
///
/// Rotation uses spare calls only and leaves a fifth of the day's calls to follow-ups and to people.
struct SyncAllPlan {
    let entities: [EntityDefinition]
    let settings: ConnectionSettings
    let state: SyncState
    let now: Instant
    /// Months that were complete within the last `whole-days`, by entity.
    private let freshMonths: [String: Set<LocalDate>]
    /// Those of them that held nothing.
    private let emptyMonths: [String: Set<LocalDate>]

    init(entities: [EntityDefinition], settings: ConnectionSettings, state: SyncState, now: Instant) {
        (self.entities, self.settings, self.state, self.now) = (entities, settings, state, now)
        let latest = Double(settings.wholeDays) * 86_400 - 43_200
        let fresh = state.months.filter { !$0.needsReading && now.timeIntervalSince($0.verifiedAt) <= latest }
        freshMonths = Dictionary(grouping: fresh, by: \.entity).mapValues { Set($0.map(\.month)) }
        emptyMonths = Dictionary(grouping: fresh.filter(\.isEmpty), by: \.entity).mapValues { Set($0.map(\.month)) }
    }

    private var today: LocalDate { LocalDate(now, in: settings.timeZone) }
    private var thisMonth: LocalDate { today.startOfMonth }

    /// The readings of each entity, in the entities' order.
    func parts() -> [RunPlan.Part] {
        var readings = entities.map { defaultReadings($0) }
        let planned = readings.joined().reduce(0) { $0 + $1.calls }
        for (entity, reading) in rotation(planned) { readings[entity].append(reading) }
        return zip(entities, readings).map { RunPlan.Part(entity: $0, readings: $1) }
    }

    // MARK: every time

    private func defaultReadings(_ entity: EntityDefinition) -> [RunPlan.Reading] {
        // First: a document that leaves the open lists afterwards is then in a list read later.
        let sweeps = entity.sweeps.map { reading(entity, .sweep($0), .sweep) }
        guard entity.modified != nil else {
            switch entity.window {
            case .span(let rule) where rule.reach == .always: return sweeps + years(entity, rule)
            case .span(let rule): return sweeps + dated(entity, rule)
            // Every record is a call: the list alone shows which are new, changed or gone.
            case .whole where entity.isReadEach && !sweeps.isEmpty && !isWholeDue(entity): return sweeps
            case .whole, .derived, .perParent:
                return SyncAllPlan.standard(entity, settings, today).map { reading(entity, $0, .list) }
            }
        }
        guard let since = state.watermarks[entity.name], !isWholeDue(entity) else {
            return sweeps + everything(entity).map { reading(entity, $0, .whole) }
        }
        let modified = reading(entity, .since(since), .modified)
        guard case .span(let rule) = entity.window else { return sweeps + [modified] }
        return sweeps + dated(entity, rule) + [modified]
    }

    private func dated(_ entity: EntityDefinition, _ rule: WindowRule.Span) -> [RunPlan.Reading] {
        let first = thisMonth.adding(months: 1 - settings.windowMonths)
        let next = thisMonth.adding(months: 1)
        let window = Window(from: first, until: next)?.chunks(by: rule.chunk) ?? []
        let future = Window(from: next, until: next.adding(months: 12))
        return window.map { reading(entity, .span($0), .window) }
            + (future.map { [reading(entity, .span($0), .future)] } ?? [])
    }

    /// Years of a list that the platform gives by years.
    ///
    /// Those that held something are read once in `whole-days` where a list of the open records shows most changes, and
    /// the last months and the year ahead in between.
    private func years(_ entity: EntityDefinition, _ rule: WindowRule.Span) -> [RunPlan.Reading] {
        let all = SyncAllPlan.standard(entity, settings, today)
        let empty = emptyMonths[entity.name] ?? []
        guard !entity.sweeps.isEmpty else {
            return all.filter { !empty.isSuperset(of: months($0)) }.map { reading(entity, $0, .list) }
        }
        let recent = dated(entity, rule)
        let recentMonths = Set(recent.flatMap { months($0.chunk) })
        let known = recentMonths.union(freshMonths[entity.name] ?? [])
        let due = all.filter { !known.isSuperset(of: months($0)) }
        guard due.count < all.count(where: { !recentMonths.isSuperset(of: months($0)) }) else {
            return all.map { reading(entity, $0, .list) }
        }
        let asked = Set(due.flatMap { months($0) })
        return due.map { reading(entity, $0, .list) }
            + recent.filter { !empty.union(asked).isSuperset(of: months($0.chunk)) }
    }

    private func months(_ chunk: Chunk) -> [LocalDate] {
        if case .span(let window) = chunk { window.wholeMonths } else { [] }
    }

    /// All of an entity that has a filter for what changed: the list, or spans of a year over all its time.
    private func everything(_ entity: EntityDefinition) -> [Chunk] {
        guard case .span = entity.window else { return [.whole] }
        return SyncAllPlan.allTime(settings, today)
    }

    /// Spans of a year from the connection's first date to a year ahead, cut at the beginnings of months.
    static func allTime(_ settings: ConnectionSettings, _ today: LocalDate) -> [Chunk] {
        let ahead = today.startOfMonth.adding(months: 13)
        let first = min(settings.firstDate.startOfMonth, ahead.adding(months: -13))
        return (Window(from: first, until: ahead)?.chunks(by: .year) ?? []).map { .span($0) }
    }

    private func isWholeDue(_ entity: EntityDefinition) -> Bool {
        guard let last = state.readWhole[entity.name] else { return true }
        // Half a day early, so that a run at eight does not become one at eight of the day after.
        return now.timeIntervalSince(last) > Double(settings.wholeDays) * 86_400 - 43_200
    }

    private func reading(_ entity: EntityDefinition, _ chunk: Chunk, _ reason: RunPlan.Reason) -> RunPlan.Reading {
        let usual = state.callsPerChunk[entity.name] ?? 1
        return RunPlan.Reading(chunk, reason, calls: max(1, Int(usual.rounded(.up))))
    }

    // MARK: rotation

    /// Months that are not complete although they could be, and those verified longest ago: the overdue ones and
    /// today's share of the rest, within the spare calls.
    private func rotation(_ planned: Int) -> [(entity: Int, reading: RunPlan.Reading)] {
        let days = settings.rotationDays
        guard days > 0 else { return [] }
        let window = thisMonth.adding(months: 1 - settings.windowMonths)
        let dated = entities.indices.filter { index in
            guard case .span(let rule) = entities[index].window else { return false }
            return rule.reach == .lastMonth
        }
        let places = Dictionary(dated.map { (entities[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        // Months that this run reads anyway, and those verified within the last day, need no turn.
        let wholes = Set(
            dated.filter { entities[$0].modified != nil && isWholeDue(entities[$0]) }.map { entities[$0].name })
        let candidates = state.months.filter { month in
            places[month.entity] != nil && !wholes.contains(month.entity)
                && (month.month < window || month.month >= thisMonth.adding(months: 13))
        }
        let share = (candidates.count + days - 1) / days
        let due = candidates.filter { now.timeIntervalSince($0.verifiedAt) > 72_000 }
            .sorted { SyncAllPlan.order($0) < SyncAllPlan.order($1) }
        let overdue = due.prefix {
            $0.needsReading || now.timeIntervalSince($0.verifiedAt) > Double(days) * 86_400 - 43_200
        }.count
        var left = spare(planned)
        var taken: [(entity: Int, reading: RunPlan.Reading)] = []
        for month in due.prefix(max(share, overdue)) {
            guard let place = places[month.entity], let span = Window(month: month.month) else { continue }
            let reading = reading(entities[place], .span(span), .rotation)
            left -= reading.calls
            guard left >= 0 else { break }
            taken.append((place, reading))
        }
        return taken
    }

    /// Months that need a reading first, then those verified longest ago.
    private static func order(_ month: SyncState.Month) -> (Int, Instant, LocalDate, String) {
        (month.needsReading ? 0 : 1, month.verifiedAt, month.month, month.entity)
    }

    /// Spare calls of today, of which a fifth of the day stays with follow-ups and people.
    private func spare(_ planned: Int) -> Int {
        guard settings.callsPerDay > 0 else { return .max / 2 }
        return settings.callsPerDay * 4 / 5 - state.callsSpent - planned
    }

    // MARK: one entity

    /// The chunks of an entity without any days given: its list, the last months, or all its time.
    static func standard(_ entity: EntityDefinition, _ settings: ConnectionSettings, _ today: LocalDate) -> [Chunk] {
        switch entity.window {
        case .whole: return [.whole]
        case .derived: return settings.jobStatusList && entity.alternative != nil ? [.whole] : []
        case .perParent: return []
        case .span(let rule):
            switch rule.reach {
            case .always: return allTime(settings, today)
            case .lastMonth:
                let month = today.startOfMonth
                let window = Window(
                    from: month.adding(months: 1 - settings.windowMonths), until: month.adding(months: 1))
                return (window?.chunks(by: rule.chunk) ?? []).map { .span($0) }
            }
        }
    }
}

extension RunPlan {
    /// Spans of a year from the connection's first date to a year ahead.
    public static func allTime(_ settings: ConnectionSettings, today: LocalDate) -> [Chunk] {
        SyncAllPlan.allTime(settings, today)
    }

    /// A Sync All of every list, and of the values that the settings name, in order of worth.
    ///
    /// `state` is the result of earlier reading; `now` gives the calendar day in the connection's zone.
    public static func syncAll(
        _ entities: [EntityDefinition], _ settings: ConnectionSettings, state: SyncState = SyncState(), now: Instant
    ) -> RunPlan {
        let read = entities.filter { !$0.isPerParent } + entities.values(settings)
        let set = SyncAllPlan(entities: read, settings: settings, state: state, now: now)
        return RunPlan(trigger: .manual, scope: "Sync All", parts: set.parts(), known: entities)
    }

    /// Reads again what is covered: months of dated entities within the days given, other lists whole.
    ///
    /// Throws a refusal in words for unknown names.
    public static func reconcile(
        _ names: [String], of entities: [EntityDefinition], from first: LocalDate?, to last: LocalDate?,
        _ settings: ConnectionSettings, state: SyncState, today: LocalDate
    ) throws(Refusal) -> RunPlan {
        for name in names where !entities.contains(where: { $0.name == name }) {
            throw .unknownEntity(name, among: entities)
        }
        let parts = entities.filter { names.isEmpty || names.contains($0.name) }.map { entity in
            guard case .span(let rule) = entity.window else {
                let isAsked = first == nil && last == nil && state.readWhole[entity.name] != nil
                return Part(entity: entity, chunks: isAsked ? SyncAllPlan.standard(entity, settings, today) : [])
            }
            let months = state.months.filter { month in
                month.entity == entity.name && month.month >= (first ?? month.month).startOfMonth
                    && month.month <= (last ?? month.month)
            }.map(\.month)
            let windows = spans(Set(months).sorted(), rule.chunk)
            // The sweeps find open documents that a list by date lacks, so that they do not count as missing.
            return Part(
                entity: entity,
                chunks: (windows.isEmpty ? [] : entity.sweeps.map { .sweep($0) }) + windows.map { .span($0) })
        }
        let span = [first.map { "from \($0)" }, last.map { "to \($0)" }].compactMap { $0 }.joined(separator: " ")
        return RunPlan(
            trigger: .reconcile,
            scope: (["reconcile"] + names + (span.isEmpty ? [] : [span])).joined(separator: " "),
            parts: parts.filter { part in
                guard case .derived(let source, _) = part.entity.window, part.chunks.isEmpty else {
                    return !part.chunks.isEmpty
                }
                return parts.contains { $0.entity.name == source && !$0.chunks.isEmpty }
            }, known: entities)
    }

    /// Months as spans of at most the size of one call; neighbouring months of a year-sized list join.
    private static func spans(_ months: [LocalDate], _ size: ChunkSize) -> [Window] {
        var spans: [Window] = []
        for month in months {
            guard let window = Window(month: month) else { continue }
            if size == .year, let last = spans.last, last.until == month, last.days < 330,
                let joined = Window(from: last.from, until: window.until)
            {
                spans[spans.count - 1] = joined
            } else {
                spans.append(window)
            }
        }
        return spans
    }
}
