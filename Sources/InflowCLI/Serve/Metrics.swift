import Foundation
import Inflow
import Warehouse

/// What Inflow tells Prometheus.
///
/// Counters are what can only grow while a connection is there. What a resumed run may take back (runs by their outcome; calls,
/// bytes and seconds, of which those of a failed chunk are replaced when it is read again) is a gauge.
enum Metrics {
    /// The facts as Prometheus reads them: text format 0.0.4.
    static func text(_ facts: MetricsSnapshot, now: Instant) -> String {
        var text = PrometheusText()
        text.gauge("inflow_build_info", "Which Inflow answers; always 1.", [.init(["version": Version.text], 1)])
        addConnections(facts, now, &text)
        addEntities(facts, now, &text)
        addRuns(facts, &text)
        addQueue(facts, &text)
        return text.text
    }

    private static func addConnections(_ facts: MetricsSnapshot, _ now: Instant, _ text: inout PrometheusText) {
        func samples(_ value: (ConnectionStatus) -> Double?) -> [PrometheusText.Sample] {
            facts.statuses.compactMap { status in
                value(status).map { .init(["connection": status.name], $0) }
            }
        }
        text.gauge(
            "inflow_connection_enabled", "Whether scheduled runs are wanted: 1 or 0.",
            samples { $0.isEnabled ? 1 : 0 })
        text.gauge(
            "inflow_connection_paused", "Whether a person paused the connection: 1 or 0.",
            samples { $0.pausedAt == nil ? 0 : 1 })
        text.gauge(
            "inflow_consent_needed", "Whether a person must authorise the connection again: 1 or 0.",
            samples { $0.needsConsentAt == nil ? 0 : 1 })
        text.gauge(
            "inflow_last_success_age_seconds",
            "Seconds since the last full run began that was successful; absent before the first.",
            samples { $0.lastRun.map { now.timeIntervalSince($0.startedAt) } })
        text.gauge(
            "inflow_last_success_seconds", "How long that run took.", samples { $0.lastRun?.seconds })
        text.gauge(
            "inflow_next_run_timestamp_seconds",
            "When the next scheduled run begins, Unix time; absent where none is due.",
            samples { $0.nextRun(after: now)?.timeIntervalSince1970 })
        text.gauge(
            "inflow_token_days_left",
            "Days until the refresh token dies unless it is used; absent where there is none.",
            samples { $0.tokenEndsAt.map { max(0, $0.timeIntervalSince(now) / 86_400) } })
        text.gauge(
            "inflow_rejections_open", "Records that are not loaded and wait for a person.",
            samples { Double($0.rejections) })
        text.gauge(
            "inflow_deletions_held", "Deletions that wait for a person.", samples { Double($0.heldDeletions) })
        text.gauge(
            "inflow_quota_calls_left", "Calls left of the budget of 24 hours or of a minute; absent without a limit.",
            facts.statuses.flatMap { status in
                [("day", status.callsLeftToday), ("minute", status.callsLeftThisMinute)].compactMap { span, left in
                    left.map { .init(["connection": status.name, "span": span], Double($0)) }
                }
            })
        text.gauge(
            "inflow_incidents_open", "What is wrong and has been told, by kind.",
            facts.statuses.flatMap { status in
                status.incidents.sorted { $0.key < $1.key }.map {
                    .init(["connection": status.name, "kind": $0.key], Double($0.value))
                }
            })
    }

    private static func addEntities(_ facts: MetricsSnapshot, _ now: Instant, _ text: inout PrometheusText) {
        text.gauge(
            "inflow_entity_age_seconds",
            "Seconds since the last full run began that read the entity to its end; absent before the first.",
            facts.statuses.flatMap { status in
                status.entities.compactMap { entity in
                    entity.readAt.map {
                        .init(["connection": status.name, "entity": entity.entity], now.timeIntervalSince($0))
                    }
                }
            })
        text.counter(
            "inflow_records_total",
            "Records by what became of them; pulled is their sum, but for marked ones, which were not in any answer.",
            facts.parts.flatMap { part in
                counts(part.tally).map { result, count in
                    .init(["connection": part.connection, "entity": part.entity, "result": result], Double(count))
                }
            })
        func samples(_ value: (MetricsSnapshot.Parts) -> Double) -> [PrometheusText.Sample] {
            facts.parts.map { .init(["connection": $0.connection, "entity": $0.entity], value($0)) }
        }
        text.gauge(
            "inflow_calls", "Calls to the platform by all runs, tokens not counted.",
            samples { Double($0.traffic.calls) })
        text.gauge("inflow_received_bytes", "Bytes received by all runs.", samples { Double($0.traffic.bytes) })
        text.gauge(
            "inflow_entity_seconds", "Seconds of all chunks of all runs, reading and loading; chunks overlap.",
            samples(\.seconds))
    }

    private static func counts(_ tally: Tally) -> [(String, Int)] {
        [
            ("pulled", tally.pulled), ("inserted", tally.inserted), ("updated", tally.updated),
            ("unchanged", tally.unchanged), ("marked_deleted", tally.markedDeleted), ("rejected", tally.rejected),
            ("duplicates", tally.duplicates),
        ]
    }

    private static func addRuns(_ facts: MetricsSnapshot, _ text: inout PrometheusText) {
        func samples(_ value: (MetricsSnapshot.Runs) -> Double) -> [PrometheusText.Sample] {
            facts.runs.map {
                .init(["connection": $0.connection, "trigger": $0.trigger.rawValue, "outcome": $0.status.rawValue], value($0))
            }
        }
        text.gauge(
            "inflow_runs", "Runs in the run log, by what began them and how they ended; running is an outcome.",
            samples { Double($0.count) })
        text.gauge("inflow_run_seconds", "How long these runs took together.", samples(\.seconds))
    }

    private static func addQueue(_ facts: MetricsSnapshot, _ text: inout PrometheusText) {
        text.gauge(
            "inflow_queue_length", "Runs that were asked for: queued, or running in a worker's hands.",
            facts.statuses.flatMap { status in
                [("queued", status.queued), ("running", status.running)].map {
                    .init(["connection": status.name, "status": $0], Double($1))
                }
            })
        text.gauge(
            "inflow_workers", "Processes that serve and have shown themselves in the last half minute.",
            [.init([:], Double(facts.workers))])
    }
}

/// Text in Prometheus' format 0.0.4: families one after the other, each with its help and its type.
///
/// Source: Prometheus, "Exposition formats", text-based format.
struct PrometheusText {
    /// One value with its labels.
    struct Sample {
        let labels: [(name: String, value: String)]
        let value: Double

        init(_ labels: KeyValuePairs<String, String>, _ value: Double) {
            self.labels = labels.map { (name: $0.key, value: $0.value) }
            self.value = value
        }
    }

    private(set) var text = ""

    /// Adds a family of values that only grow.
    mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        add(name, "counter", help, samples)
    }

    /// Adds a family of values that may fall.
    mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
        add(name, "gauge", help, samples)
    }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ samples: [Sample]) {
        text += "# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n"
        text += "# TYPE \(name) \(type)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value))\"" }
            text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
            text += " \(PrometheusText.number(sample.value))\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
