import ArgumentParser
import Foundation
import Inflow
import Sandbox
import WorkflowMax

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a simulated WorkflowMax with invented records, to try Inflow with.",
        discussion: """
            The sandbox prints its address and credentials when it is ready, and runs until you stop it. It listens \
            only on 127.0.0.1.
            """
                + "\n\n"
                + examples(
                    "inflow sandbox",
                    "inflow sandbox --scale 0.1 --calls-per-minute 0"))

    @Option(help: "Port; 0 takes any free one.") var port = 8931
    @Option(help: "Size of the organisation: 1 is about 40 staff, 400 clients, 1,500 jobs and 60,000 time entries.")
    var scale = 1.0
    @Option(help: "Seed of the random numbers that make up the organisation.") var seed: UInt64 = 1
    @Option(help: "Today, the last day of the organisation's three years: yyyy-MM-dd, a month or a word.") var today:
        Day?
    @Option(help: "Most calls at the same time; 0 for no limit.") var callsAtOnce = 5
    @Option(help: "Most calls in a minute; 0 for no limit.") var callsPerMinute = 60
    @Option(help: "Most calls in a day; 0 for no limit.") var callsPerDay = 5000
    @Option(help: "Length of a minute for the limits, in seconds, to try them faster.") var windowSeconds = 60.0
    @Option(help: "Length of a day for the limits, in seconds.") var daySeconds = 86_400.0
    @Flag(help: "Keep rendered answers, so that a benchmark measures the reader and not the sandbox.") var cacheBodies =
        false
    @Flag(
        help: "Benchmark data: 200,000 time entries, 20,000 invoices with 3 lines, 10,000 jobs with 5 tasks."
    )
    var bench = false
    @Flag(help: "Accept any refresh token once, so that a restarted sandbox serves an old connection.")
    var acceptsUnknownTokens = false
    @Option(help: "Number of organisations, 1 to 9; a consent covers those that are ticked.") var organisations = 1
    @Option(help: "Seconds for which a replaced refresh token still works; the real platform has 0.") var graceSeconds =
        0
    @Option(help: "File that the sandbox writes when it is ready; it holds the address.") var readyFile: String?

    func run() async throws {
        try await reporting {
            var configuration = bench ? SandboxConfiguration.bench(scale: scale) : SandboxConfiguration()
            configuration.port = port
            configuration.seed = seed
            if !bench { configuration.scale = scale }
            if let today, let day = LocalDay(today.last(in: .current).description) { configuration.today = day }
            configuration.limits = SandboxLimits(
                atOnce: callsAtOnce, perMinute: callsPerMinute, perDay: callsPerDay, windowSeconds: windowSeconds,
                daySeconds: daySeconds)
            configuration.cacheBodies = cacheBodies || bench
            configuration.acceptsUnknownRefreshTokens = acceptsUnknownTokens
            configuration.graceSeconds = graceSeconds
            for number in 1..<max(1, min(organisations, 9)) {
                configuration.accountIDs.append("\(number)f0e0d0c-0b0a-4908-8706-050403020100")
            }
            let settled = configuration
            let ready = try readyFile.map(ReadyFile.init)
            try await interruptible {
                try await Sandbox(settled).run { port in
                    let address = "http://127.0.0.1:\(port)"
                    Console.print(
                        """
                        Sandbox ready at \(address)
                          account id     \(settled.accountIDs.first ?? "")
                          client id      \(settled.clientID)
                          client secret  \(settled.clientSecret)
                          refresh token  \(settled.refreshToken)

                        With the secret in the file secret.txt and the token in token.txt, this reads it:
                          inflow connection add sandbox --account-id \(settled.accountIDs.first ?? "") \
                            --client-id \(settled.clientID) --client-secret-file secret.txt \
                            --refresh-token-file token.txt --time-zone Pacific/Auckland --api-url \(address) \
                            --token-url \(address)/oauth/token --authorise-url \(address)/oauth/authorize
                        """)
                    ready?.write(address)
                }
            }
        }
    }
}
