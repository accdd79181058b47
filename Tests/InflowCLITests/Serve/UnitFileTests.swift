import Foundation
import TestSupport
import Testing

@Suite("The unit file of systemd")
struct UnitFileTests {
    private let path = Checkout.file("scripts/inflow.service")

    /// Settings by section and name; every one may stand there once.
    private func settings() throws -> [String: String] {
        var (section, settings) = ("", [String: String]())
        for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("[") {
                section = String(line)
            } else {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                try #require(parts.count == 2, "\(line)")
                #expect(settings.updateValue(parts[1], forKey: "\(section) \(parts[0])") == nil, "\(line) comes twice")
            }
        }
        return settings
    }

    @Test("It starts the daemon as an account of its own, reloads it by a signal, and lets it 15 seconds to end")
    func service() throws {
        let settings = try settings()
        #expect(settings["[Service] ExecStart"] == "/usr/local/bin/inflow serve")
        #expect(settings["[Service] ExecReload"] == "/bin/sh -c 'kill -HUP $MAINPID'")
        #expect(settings["[Service] User"] == "inflow" && settings["[Service] Restart"] == "on-failure")
        #expect(settings["[Service] TimeoutStopSec"] == "15" && settings["[Service] StateDirectory"] == "inflow")
        #expect(settings["[Service] ExecStopPost"] == "-/usr/local/bin/inflow database stop")
        #expect(settings["[Service] WatchdogSec"] == "120" && settings["[Service] WatchdogSignal"] == "SIGTERM")
        #expect(settings["[Service] NotifyAccess"] == "main")
        #expect(settings["[Service] KillMode"] == "mixed")
        #expect(settings["[Service] Environment"] == "INFLOW_HOME=/var/lib/inflow LIBDISPATCH_LOG=NO")
        #expect(settings["[Install] WantedBy"] == "multi-user.target")
    }

    @Test("It may write into its own folder only, gain no privilege, and speak to sockets and the network")
    func hardening() throws {
        let settings = try settings()
        for name in [
            "NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelModules",
            "RestrictNamespaces",
            "MemoryDenyWriteExecute",
        ] {
            #expect(settings["[Service] \(name)"] == "yes", "\(name)")
        }
        #expect(settings["[Service] ProtectSystem"] == "strict" && settings["[Service] CapabilityBoundingSet"] == "")
        #expect(settings["[Service] RestrictAddressFamilies"] == "AF_UNIX AF_INET AF_INET6")
        #expect(settings["[Service] SystemCallFilter"] == "@system-service")
    }
}
