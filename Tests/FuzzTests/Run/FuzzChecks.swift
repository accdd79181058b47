import Foundation
import Inflow
import Postgres

/// What must hold of every case, whatever was sent.
struct FuzzChecks {
    let one: FuzzCase
    let ending: FuzzLane.Ending
    /// All that the run said and wrote into its log.
    let shown: String

    /// The exit codes, typed from the page of the commands.
    private static let exitCodes = [
        "green": 0, "warnings": 2, "rejections": 3, "failed": 1, "quota": 4, "consent": 5, "interrupted": 130,
    ]

    /// What is wrong, one sentence each.
    func faults(
        held: [HeldRow], _ session: PostgresConnection, _ parser: IndependentParser
    ) async throws -> [String] {
        var faults = secretFaults()
        guard let outcome = ending.outcome else {
            return faults + ["the run could not begin or end: \(ending.failure ?? "")"]
        }
        faults += try await logFaults(outcome, session)
        faults += tokenFaults(outcome)
        if one.token == nil || outcome.isSuccess { faults += try bodyFaults(outcome, held, parser) }
        return faults
    }

    // MARK: tokens

    private func secretFaults() -> [String] {
        var secrets = [one.secrets.access, one.secrets.refresh, one.secrets.client]
        if let token = one.token { secrets += [token.access, token.refresh] }
        return secrets.compactMap { secret in
            guard let place = shown.range(of: secret) else { return nil }
            let before = shown[..<place.lowerBound].suffix(80)
            return "a secret was shown: …\(before)\(secret.prefix(14))…"
        }
    }

    private func tokenFaults(_ outcome: RunOutcome) -> [String] {
        guard let token = one.token else { return [] }
        switch token.verdict {
        case .taken:
            return outcome.isSuccess
                ? [] : ["a good token answer was not taken: \(outcome), \(ending.error.prefix(300))"]
        case .consent:
            return outcome == .consent ? [] : ["the run is \(outcome) and not consent: \(ending.error.prefix(300))"]
        case .refused: return outcome.isSuccess ? ["the run is \(outcome) without a token"] : []
        case .open: return []
        }
    }

    // MARK: the run log

    private func logFaults(_ outcome: RunOutcome, _ session: PostgresConnection) async throws -> [String] {
        var faults: [String] = []
        let run = try await session.query(
            "select status, finished_at::text, error from inflow.run where id = $1", [.int64(ending.run)])
        guard let row = run.first, run.count == 1 else { return ["the run is not in the log"] }
        if try row.text("status") != outcome.rawValue {
            faults.append("the log says \(try row.text("status")), the run \(outcome)")
        }
        if try row["finished_at"].string == nil { faults.append("the run is not closed") }
        if FuzzChecks.exitCodes[try row.text("status")] != Int(outcome.exitCode) {
            faults.append("the exit code is \(outcome.exitCode) for \(try row.text("status"))")
        }
        if outcome == .failed, try row["error"].string?.isEmpty != false {
            faults.append("the run failed without a word")
        }
        let open = try await session.query(
            "select entity from inflow.entity_run where run_id = $1 and status = 'running'", [.int64(ending.run)])
        if !open.isEmpty { faults.append("a part of the run is not closed") }
        let sums = try await session.query(
            """
            select chunk from inflow.chunk where run_id = $1
                and (status = 'loaded' and pulled <> inserted + updated + unchanged + older + rejected + duplicates + outside
                    or status = 'failed' and (pulled, inserted, updated, unchanged, rejected) <> (0, 0, 0, 0, 0))
            """, [.int64(ending.run)])
        if !sums.isEmpty { faults.append("the counts of a chunk do not close") }
        let words = shown.unicodeScalars.first { $0.value == 0x1B || $0.value == 7 }
        if words != nil { faults.append("an escape character was shown") }
        return faults
    }

    // MARK: the tables

    private func bodyFaults(
        _ outcome: RunOutcome, _ held: [HeldRow], _ parser: IndependentParser
    ) throws -> [String] {
        let isLoaded = outcome.isSuccess
        guard let payload = one.dressing.payload(of: one.body) else {
            return held.isEmpty ? [] : ["rows were loaded from an answer that did not come whole"]
        }
        guard case .document(let root, let hasDocumentType) = try parser.readForgiving(payload) else {
            // A body that another parser refuses may be loaded only where characters were replaced.
            let isClean = isLoaded && !held.isEmpty && ending.replaced == 0
            return isClean ? ["a body that is not well-formed was loaded without a word"] : []
        }
        let verdict = EnvelopeVerdict(root, of: one.template)
        if hasDocumentType || !verdict.faults.isEmpty {
            guard held.isEmpty else { return ["rows were loaded although \(verdict.faults)"] }
            let mayBeRight = one.template.isByKey || outcome == .rejections || !isLoaded
            return mayBeRight ? [] : ["the run is \(outcome) although \(verdict.faults)"]
        }
        if !isLoaded || outcome == .rejections && held.isEmpty && !isReadable {
            return mustLoad(outcome, held, isReadable: isReadable && isCounted(verdict))
        }
        return compare(root, verdict, outcome, held)
    }

    /// Whether nothing was done to the body that Inflow may refuse.
    private var isReadable: Bool {
        one.isPlain && !one.isByteMutated && one.dressing.isWhole
            && !one.steps.contains {
                ["deepNest", "manyNames", "renameRoot", "dropCounter", "setCounter"].contains($0)
            }
    }

    /// Whether there are records, and pages can be counted: a list with pages counts different records.
    private func isCounted(_ verdict: EnvelopeVerdict) -> Bool {
        let keys = verdict.records.map { one.template.identifier(of: $0) }
        return !keys.isEmpty && (one.template.pageSize == nil || Set(keys).count == keys.count)
    }

    private func mustLoad(_ outcome: RunOutcome, _ held: [HeldRow], isReadable: Bool) -> [String] {
        var faults = held.isEmpty ? [] : ["the run is \(outcome) and has left rows"]
        if isReadable { faults.append("a readable body was not loaded: \(outcome), \(ending.error.prefix(300))") }
        return faults
    }

    private func compare(
        _ root: Element, _ verdict: EnvelopeVerdict, _ outcome: RunOutcome, _ held: [HeldRow]
    ) -> [String] {
        let (template, entity) = (one.template, one.template.entity)
        let expected = verdict.records.enumerated().map { index, record in
            RecordReading(
                record, of: entity, carries: template.endpoint.carries,
                parentKey: entity.isPerParent ? template.askedKey : nil, place: index + 1
            ).record
        }
        var faults = Comparison(entity, held: held, expected: expected).faults
        let rejected = expected.filter { $0.fate == .isRejected }
        if let first = rejected.first, outcome != .rejections {
            faults.append("the run is \(outcome) although a record must be rejected: \(first.reasons)")
        }
        if outcome == .rejections, expected.allSatisfy({ $0.fate == .loads }) {
            faults.append("records were rejected that are right: \(ending.error.prefix(300))")
        }
        return faults
    }
}
