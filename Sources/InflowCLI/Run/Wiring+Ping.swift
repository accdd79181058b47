import Curl
import Foundation
import Inflow
import Logging
import Sync
import Warehouse

extension Wiring {
    /// Calls the connection's `ping-url` after a good Sync All: a dead-man's switch, which raises an alarm where no call
    /// comes.
    ///
    /// A failure never changes the run. Inflow logs it without the address, which is a secret of a kind.
    func ping(_ connection: Connection, after report: RunReport, of trigger: Trigger) async {
        let url = connection.settings.pingURL
        guard !url.isEmpty, trigger.isSyncAll, report.outcome.isSuccess else { return }
        var why = ""
        for attempt in 1...3 {
            do throws(CurlError) {
                let request = CurlRequest(
                    url: url,
                    limits: CurlLimits(
                        connect: .seconds(5), firstByte: .seconds(10), idle: .seconds(10), total: .seconds(10)))
                let status = try await transfer().send(request).status
                if 200...299 ~= status { return }
                why = "status \(status)"
            } catch {
                why = error.code.rawValue
            }
            guard attempt < 3, (try? await Task.sleep(for: .seconds(attempt))) != nil else { break }
        }
        let host = URL(string: url)?.host ?? "ping-url"
        logger.warning("Inflow could not call the ping-url of \"\(connection.name)\" at \(host): \(why)")
    }
}
