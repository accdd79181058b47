import Alerts
import ArgumentParser
import Inflow
import Warehouse

struct AlertTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test message over each channel and report the result.",
        discussion: examples("inflow alert test acme", "inflow alert test --all"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String?
    @Flag(help: "Test the mail server of all connections, with its own recipients.") var all = false

    func run() async throws {
        try await reporting {
            guard (name == nil) == all else {
                throw UserError("Give either a connection's name or --all. Nothing was sent.", exitCode: 64)
            }
            let wiring = try await Wiring.ready()
            let outcomes = try await outcomes(wiring)
            var tested: Connection?
            if let name { tested = try await wiring.connection(name) }
            try await wiring.audit(.alertTested, by: .command, tested, subject: all ? "all connections" : nil)
            var isSent = true
            for (channel, outcome) in outcomes {
                let target = channel.kind == .email ? channel.recipients.joined(separator: ", ") : channel.url
                switch outcome {
                case .sent(let remark):
                    Console.print("\(channel.kind.rawValue) to \(target): sent." + (remark.map { " \($0)" } ?? ""))
                case .failed(let why, _):
                    isSent = false
                    Console.print("\(channel.kind.rawValue) to \(target): not sent. \(why)")
                }
            }
            if !isSent { throw ExitCode(1) }
        }
    }

    private func outcomes(_ wiring: Wiring) async throws -> Outcomes {
        guard let name else { return try await testShared(wiring) }
        return try await test(name, wiring)
    }

    private typealias Outcomes = [(channel: AlertChannel, outcome: AlertSender.Outcome)]

    private func test(_ name: String, _ wiring: Wiring) async throws -> Outcomes {
        let connection = try await ConnectionStore(wiring.warehouse).find(name)
        let outcomes = try await interruptible { try await wiring.alertSender().test(connection) }
        guard !outcomes.isEmpty else {
            throw UserError(
                "No alert channel of \"\(name)\" is on. Nothing was sent. Set one with \"inflow "
                    + "alert set \(name) …\".", exitCode: 64)
        }
        return outcomes
    }

    private func testShared(_ wiring: Wiring) async throws -> Outcomes {
        guard let channel = try await SharedMail(wiring.warehouse).read(), channel.isOn, !channel.recipients.isEmpty
        else {
            throw UserError(
                "There is no mail server of all connections that is on and has recipients. Nothing was sent. Set it "
                    + "with \"inflow alert set --all …\".", exitCode: 64)
        }
        return [(channel, try await interruptible { try await wiring.alertSender().test(channel) })]
    }
}
