import Foundation
import Inflow
import Testing

@testable import InflowCLI
@testable import Warehouse

@Suite("Metrics")
struct MetricsTests {
    private let now = Instant(timeIntervalSince1970: 1_795_233_600)

    @Test("A label's backslash, quote and line end are escaped, a help's backslash and line end")
    func escaping() {
        var text = PrometheusText()
        text.counter("a_total", "one \\ two\nthree \"four\"", [.init(["name": "a\\b\"c\nd", "more": "é"], 2)])
        #expect(
            text.text == """
                # HELP a_total one \\\\ two\\nthree "four"
                # TYPE a_total counter
                a_total{name="a\\\\b\\"c\\nd",more="é"} 2

                """)
    }

    @Test("Numbers are whole where they can be, and odd ones have their names")
    func numbers() {
        var text = PrometheusText()
        text.gauge("x", "y", [1, 0.5, 1e15, .nan, .infinity, -.infinity].map { .init([:], $0) })
        #expect(
            text.text.split(separator: "\n").dropFirst(2).map(String.init) == [
                "x 1", "x 0.5", "x 1000000000000000", "x NaN", "x +Inf", "x -Inf",
            ])
    }

    @Test("Every family has its help and type once and before its values, and every name begins with inflow_")
    func families() throws {
        var tally = Tally()
        (tally.pulled, tally.inserted, tally.rejected) = (3, 2, 1)
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (4, 5_000)
        let status = ConnectionStatus.sample(
            "a \"quoted\" one", paused: now, tokenEnds: now.addingTimeInterval(86_400),
            lastRun: .sample(1, .ended(.green), at: now.addingTimeInterval(-90)),
            entities: [ConnectionStatus.Entity(entity: "job", readAt: now.addingTimeInterval(-90), status: .green)],
            rejections: 1, callsLeft: 12, incidents: ["rejections": 1])
        let text = Metrics.text(
            MetricsSnapshot(
                statuses: [status],
                runs: [.init(connection: status.name, trigger: .slot, status: .ended(.green), count: 2, seconds: 1.5)],
                parts: [.init(connection: status.name, entity: "job", tally: tally, traffic: traffic, seconds: 2)],
                workers: 3), now: now)
        let name = #"connection="a \"quoted\" one""#
        for line in [
            "inflow_last_success_age_seconds{\(name)} 90", "inflow_connection_paused{\(name)} 1",
            "inflow_connection_enabled{\(name)} 1", "inflow_token_days_left{\(name)} 1",
            "inflow_quota_calls_left{\(name),span=\"day\"} 12", "inflow_incidents_open{\(name),kind=\"rejections\"} 1",
            "inflow_entity_age_seconds{\(name),entity=\"job\"} 90",
            "inflow_records_total{\(name),entity=\"job\",result=\"pulled\"} 3",
            "inflow_records_total{\(name),entity=\"job\",result=\"rejected\"} 1",
            "inflow_calls{\(name),entity=\"job\"} 4",
            "inflow_runs{\(name),trigger=\"slot\",outcome=\"green\"} 2",
            "inflow_queue_length{\(name),status=\"queued\"} 0", "inflow_workers 3",
            "inflow_build_info{version=\"\(Version.text)\"} 1",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)\n\(text)")
        }
        #expect(!text.contains("inflow_next_run_timestamp_seconds{"), "it is paused")
        try expectWellFormed(text)
    }

    private func expectWellFormed(_ text: String) throws {
        #expect(text.hasSuffix("\n"))
        var (family, seen) = ("", Set<String>())
        let lines = text.split(separator: "\n").map(String.init)
        for (place, line) in lines.enumerated() {
            if let help = line.firstMatch(of: /^# HELP ([a-z_]+) \S.*$/) {
                family = String(help.1)
                #expect(seen.insert(family).inserted, "\(family) comes twice")
                try #require(place + 1 < lines.count)
                let type = family.hasSuffix("_total") ? "counter" : "gauge"
                #expect(lines[place + 1] == "# TYPE \(family) \(type)")
            } else if !line.hasPrefix("#") {
                let sample = line.firstMatch(of: /^([a-z_]+)(\{.+\})? -?[0-9.]+(e[-+][0-9]+)?$/)
                #expect(sample.map { String($0.1) } == family, "\(line)")
                #expect(family.hasPrefix("inflow_"))
            }
        }
        #expect(seen.count > 15)
    }
}
