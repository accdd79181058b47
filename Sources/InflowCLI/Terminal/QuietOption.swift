import ArgumentParser

/// `--quiet`, for cron: a command that ends well prints nothing, and cron sends no mail.
struct QuietOption: ParsableArguments {
    @Flag(help: "For cron: print nothing unless the exit code is other than 0.") var quiet = false

    func validate() throws {
        if quiet { Console.beQuiet() }
    }
}
