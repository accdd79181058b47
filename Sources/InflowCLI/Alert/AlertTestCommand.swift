import Alerts
import ArgumentParser
import Inflow
import Warehouse

struct AlertTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test message over each channel and report the result.",
        discussion: examples("inflow alert test acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let outcomes = try await interruptible { try await wiring.alertSender().test(connection) }
            guard !outcomes.isEmpty else {
                throw UserError(
                    "No alert channel of \"\(name)\" is on. Nothing was sent. Set one with \"inflow "
                        + "alert set \(name) …\".", exitCode: 64)
            }
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
}
