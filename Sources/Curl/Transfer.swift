import CCurl
public import Foundation

/// An engine that carries out HTTP requests over libcurl, all on one thread of its own.
///
/// - Connections are kept and used again by later requests of the same engine. A `post` always takes a new one: libcurl
///   silently repeats a request whose old connection turns out dead, which would spend a refresh token twice.
/// - HTTP/1.1 only, so that a slow reader is felt by the server through its own socket and holds up no other transfer.
/// - Certificates and names are always verified; plain http goes to this machine only; redirections are not followed.
///
/// The thread runs while the engine, or an answer of it, is held or until `shutdown`. libcurl's handles never leave the
/// thread (`TransferLoop`), but for `Alarm`.
public final class Transfer: Sendable {
    private let mailbox = Mailbox()

    /// Starts an engine.
    ///
    /// - Parameters:
    ///   - configuration: proxy, certificates and name; the environment's unless given.
    ///   - now: the clock that limits are judged by.
    public init(
        configuration: CurlConfiguration = CurlConfiguration(environment: ProcessInfo.processInfo.environment),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        let mailbox = mailbox
        let thread = Thread {
            TransferLoop(mailbox: mailbox, configuration: configuration, now: now)?.run()
            mailbox.end()
        }
        thread.name = "curl"
        thread.start()
    }

    deinit {
        mailbox.close()
    }

    /// Sends a request and returns as soon as the headers of the answer are complete, whatever the status.
    ///
    /// Throws any code but `body_too_short`, `bad_encoding`, `timed_out_idle` and `read_twice`, which reading the body
    /// throws. Cancelling the task gives the transfer up at once.
    public func send(
        _ request: CurlRequest, isolation: isolated (any Actor)? = #isolation
    ) async throws(CurlError) -> CurlResponse {
        let address = try Address(request.url)
        try request.checkHeaders(shownURL: address.shown)
        let pipe = Pipe(mailbox: mailbox, shownURL: address.shown)
        guard !Task.isCancelled, mailbox.post(.start(request, address, pipe)) else { throw pipe.error(.cancelled) }
        let head = try await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { pipe.waitForHead($0) }
        } onCancel: {
            pipe.giveUp(.cancelled)
        }.get()
        return CurlResponse(
            status: head.status, headers: head.headers, headersAt: head.headersAt, waited: head.waited,
            body: CurlBody(reader: BodyReader(pipe: pipe, engine: self, headers: head.headers)))
    }

    /// Gives up all transfers, ends the thread and returns when everything is freed; may be called twice.
    public func shutdown() async {
        mailbox.close()
        await mailbox.waitForEnd()
    }

    /// Lets the thread look at its clock, for tests that hold the clock.
    func wake() {
        mailbox.wake()
    }
}

/// Wakes the transfer thread from its wait for sockets.
///
/// `@unchecked Sendable` because it holds the pointer of the thread's multi handle, whose only use here is
/// `curl_multi_wakeup`: the one call that libcurl allows from other threads. `Mailbox` rings it under its lock and lets
/// go of it before the handle is freed.
struct Alarm: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer

    init(_ multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    func ring() {
        curl_multi_wakeup(multi)
    }
}

extension CurlRequest {
    /// Refuses headers that would end early and begin another: only tokens as names, no CR, LF or NUL in values.
    func checkHeaders(shownURL: String) throws(CurlError) {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        for (name, value) in headers {
            let isToken =
                !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    marks.contains(byte) || (48...57 ~= byte) || (65...90 ~= byte) || (97...122 ~= byte)
                }
            guard isToken else { throw CurlError(.badHeader, detail: "the name of a header", url: shownURL) }
            guard !value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
                throw CurlError(.badHeader, detail: "the value of \(name)", url: shownURL)
            }
        }
    }
}
