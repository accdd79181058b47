import Foundation
import Inflow
import Warehouse

/// The metrics that Inflow gives to Prometheus.
///
/// A counter only grows while its connection exists. A value that a resumed run can lower is a gauge: runs by outcome,
/// and the calls, bytes and seconds of a failed chunk, which the next reading of that chunk replaces.
enum Metrics {
    /// The metrics in the text format 0.0.4.
    static func text(_ facts: MetricsSnapshot, now: Instant) -> String {
        var text = PrometheusText()
        text.gauge("inflow_build_info", "The version of Inflow; always 1.", [.init(["version": Version.text], 1)])
        addConnections(facts, now, &text)
        addEntities(facts, now, &text)
        addRuns(facts, &text)
        addQueue(facts, &text)
        return text.text
    }

    /// A value that each connection may have: its metric's name, help text and reading.
    private typealias ConnectionGauge = (name: String, help: String, value: (ConnectionStatus) -> Double?)

    private static func connectionGauges(at now: Instant) -> [ConnectionGauge] {
        [
            ("inflow_connection_enabled", "Whether the schedule is on: 1 or 0.", { $0.isEnabled ? 1 : 0 }),
            (
                "inflow_connection_paused", "Whether a person paused the connection: 1 or 0.",
                { $0.pausedAt == nil ? 0 : 1 }
            ),
            (
                "inflow_consent_needed", "Whether a person must authorise the connection again: 1 or 0.",
                { $0.needsConsentAt == nil ? 0 : 1 }
            ),
            (
                "inflow_last_success_age_seconds",
                "Seconds since the last successful full run began; absent before the first.",
                { $0.lastRun.map { now.timeIntervalSince($0.startedAt) } }
            ),
            ("inflow_last_success_seconds", "Duration of that run.", { $0.lastRun?.seconds }),
            (
                "inflow_next_run_timestamp_seconds",
                "Start of the next scheduled run, Unix time; absent when none is due.",
                { $0.nextRun(after: now)?.timeIntervalSince1970 }
            ),
            (
                "inflow_token_days_left", "Days until the refresh token expires if it is not used; absent without one.",
                { $0.tokenEndsAt.map { max(0, $0.timeIntervalSince(now) / 86_400) } }
            ),
            (
                "inflow_rejections_open", "Records that Inflow could not load and that wait for a person.",
                { Double($0.rejections) }
            ),
            ("inflow_deletions_held", "Deletions that wait for a person.", { Double($0.heldDeletions) }),
        ]
    }

    private static func addConnections(_ facts: MetricsSnapshot, _ now: Instant, _ text: inout PrometheusText) {
        for (name, help, value) in connectionGauges(at: now) {
            text.gauge(
                name, help,
                facts.statuses.compactMap { status in value(status).map { .init(["connection": status.name], $0) } })
        }
        text.gauge(
            "inflow_quota_calls_left", "Calls left of the budget of 24 hours or of a minute; absent without a limit.",
            facts.statuses.flatMap { status in
                [("day", status.callsLeftToday), ("minute", status.callsLeftThisMinute)].compactMap { span, left in
                    left.map { .init(["connection": status.name, "span": span], Double($0)) }
                }
            })
        text.gauge(
            "inflow_incidents_open", "Open incidents, by kind.",
            facts.statuses.flatMap { status in
                status.incidents.sorted { $0.key < $1.key }.map {
                    .init(["connection": status.name, "kind": $0.key], Double($0.value))
                }
            })
    }

    private static func addEntities(_ facts: MetricsSnapshot, _ now: Instant, _ text: inout PrometheusText) {
        text.gauge(
            "inflow_entity_age_seconds",
            "Seconds since the start of the last full run that read the entity completely; absent before the first.",
            facts.statuses.flatMap { status in
                status.entities.compactMap { entity in
                    entity.readAt.map {
                        .init(["connection": status.name, "entity": entity.entity], now.timeIntervalSince($0))
                    }
                }
            })
        text.counter(
            "inflow_records_total",
            "Records by result; pulled counts all but marked_deleted, which no answer held.",
            facts.parts.flatMap { part in
                counts(part.tally).map { result, count in
                    .init(["connection": part.connection, "entity": part.entity, "result": result], Double(count))
                }
            })
        func samples(_ value: (MetricsSnapshot.Parts) -> Double) -> [PrometheusText.Sample] {
            facts.parts.map { .init(["connection": $0.connection, "entity": $0.entity], value($0)) }
        }
        text.gauge(
            "inflow_calls", "Calls that all runs made to the platform, without those for tokens.",
            samples { Double($0.traffic.calls) })
        text.gauge("inflow_received_bytes", "Bytes that all runs received.", samples { Double($0.traffic.bytes) })
        text.gauge(
            "inflow_entity_seconds", "Seconds that all runs spent reading and loading chunks; chunks overlap.",
            samples(\.seconds))
    }

    private static func counts(_ tally: Tally) -> [(String, Int)] {
        [
            ("pulled", tally.pulled), ("inserted", tally.inserted), ("updated", tally.updated),
            ("unchanged", tally.unchanged), ("marked_deleted", tally.markedDeleted), ("rejected", tally.rejected),
            ("duplicates", tally.duplicates), ("older", tally.older), ("outside", tally.outside),
        ]
    }

    private static func addRuns(_ facts: MetricsSnapshot, _ text: inout PrometheusText) {
        func samples(_ value: (MetricsSnapshot.Runs) -> Double) -> [PrometheusText.Sample] {
            facts.runs.map {
                .init(
                    ["connection": $0.connection, "trigger": $0.trigger.rawValue, "outcome": $0.status.rawValue],
                    value($0))
            }
        }
        text.gauge(
            "inflow_runs", "Runs in the run log, by trigger and outcome; a run under way has the outcome running.",
            samples { Double($0.count) })
        text.gauge("inflow_run_seconds", "Total duration of these runs.", samples(\.seconds))
    }

    private static func addQueue(_ facts: MetricsSnapshot, _ text: inout PrometheusText) {
        text.gauge(
            "inflow_queue_length", "Requests for runs that wait in the queue or that a worker runs.",
            facts.statuses.flatMap { status in
                [("queued", status.queued), ("running", status.running)].map {
                    .init(["connection": status.name, "status": $0], Double($1))
                }
            })
        text.gauge(
            "inflow_workers", "Processes that serve and gave a heartbeat within the last half minute.",
            [.init([:], Double(facts.workers))])
    }
}
