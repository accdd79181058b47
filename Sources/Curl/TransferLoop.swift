import CCurl
import Glibc

/// The engine's thread: wishes in, libcurl driven, readers woken.
///
/// Never leaves its thread.
final class TransferLoop {
    private let mailbox: Mailbox
    private let configuration: CurlConfiguration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let multi: UnsafeMutableRawPointer
    private var exchanges: [ObjectIdentifier: EasyTransfer] = [:]

    /// libcurl's own start, once in the life of the process.
    static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init?(mailbox: Mailbox, configuration: CurlConfiguration, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        guard TransferLoop.isCurlReady, let multi = curl_multi_init() else { return nil }
        self.mailbox = mailbox
        self.configuration = configuration
        self.now = now
        self.multi = multi
        _ = shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 32)
    }

    /// Runs until the mailbox is closed, then frees everything.
    func run() {
        TransferLoop.blockBrokenPipeSignal()
        mailbox.attach(Alarm(multi))
        while true {
            let (commands, isClosed) = mailbox.take()
            for command in commands { carryOut(command) }
            if isClosed { break }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            endFinished()
            endExpired()
            for exchange in exchanges.values { exchange.deliver() }
            curl_multi_poll(multi, nil, 0, millisecondsToWait(), nil)
        }
        mailbox.attach(nil)
        for exchange in exchanges.values { end(exchange, .cancelled, "the engine was shut down") }
        curl_multi_cleanup(multi)
    }

    /// OpenSSL may write to a closed socket: the signal stays pending on this thread and ends with it.
    static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func carryOut(_ command: Mailbox.Command) {
        switch command {
        case .start(let request, let address, let pipe):
            guard let exchange = EasyTransfer(request, address, pipe, configuration: configuration, now: now) else {
                pipe.finish(.failure(pipe.error(.other, detail: "libcurl refused the request's settings")))
                return
            }
            exchanges[ObjectIdentifier(pipe)] = exchange
            let code = curl_multi_add_handle(multi, exchange.easy)
            if code != CURLM_OK { end(exchange, .other, "libcurl multi \(code.rawValue)") }
        case .resume(let id):
            exchanges[id]?.resume()
        case .stop(let id):
            if let exchange = exchanges[id] { end(exchange, .cancelled, "") }
        }
    }

    /// Ends the transfers that libcurl says are over.
    private func endFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let easy = message.pointee.easy_handle
            let code = message.pointee.data.result
            guard let exchange = exchanges.values.first(where: { $0.easy == easy }) else { continue }
            exchange.finish(code)
            remove(exchange)
        }
    }

    /// Ends the transfers whose time is up.
    private func endExpired() {
        let instant = now()
        for exchange in exchanges.values {
            guard let code = exchange.deadlines.expired(at: instant) else { continue }
            end(exchange, code, exchange.limit(of: code).map { "limit \($0)" } ?? "")
        }
    }

    private func end(_ exchange: EasyTransfer, _ code: CurlError.Code, _ detail: String) {
        exchange.countTraffic()
        exchange.pipe.finish(.failure(exchange.pipe.error(code, detail: detail)))
        remove(exchange)
    }

    private func remove(_ exchange: EasyTransfer) {
        curl_multi_remove_handle(multi, exchange.easy)
        exchanges[ObjectIdentifier(exchange.pipe)] = nil
    }

    /// Until the next limit, at most a minute, rounded up.
    private func millisecondsToWait() -> Int32 {
        guard let next = exchanges.values.lazy.map(\.deadlines.next.at).min() else { return 60_000 }
        let (seconds, attoseconds) = (next - now()).components
        guard seconds < 60 else { return 60_000 }
        return Int32(max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1))
    }
}
