import CCurl
import Foundation
import Synchronization

/// The server that takes mail.
public struct MailServer: Sendable, Hashable {
    /// `smtps://host[:465]`, or `smtp://host[:587]`, which changes to TLS by STARTTLS and otherwise sends nothing.
    ///
    /// Only to this machine, and without a user, mail goes without TLS.
    public var url: String
    /// User; `nil` to give none.
    public var user: String?
    /// Password of the user.
    public var password: String?

    /// Makes a server; nothing is checked before it is used.
    public init(url: String, user: String? = nil, password: String? = nil) {
        self.url = url
        self.user = user
        self.password = password
    }

    /// Throws `bad_mail` if the address cannot be used; connects to nothing.
    public func check() throws(CurlMailError) {
        _ = try needsTLS()
    }

    func needsTLS() throws(CurlMailError) -> Bool {
        guard let parts = AddressParts(url), parts.scheme == "smtp" || parts.scheme == "smtps" else {
            throw CurlMailError(.badMail, detail: "the server's address must be smtp://HOST:PORT or smtps://HOST:PORT")
        }
        guard !parts.hasUser else {
            throw CurlMailError(.badMail, detail: "the server's address may not hold a user or a password")
        }
        return parts.scheme == "smtps" || user != nil || !Address.isLoopback(parts.host)
    }
}

/// Hands mails over to SMTP servers, each on a thread and a connection of its own.
///
/// Certificates and names are always verified, with the same settings of certificates as ``Transfer``; proxies are
/// not used. A password goes over TLS only.
public struct MailTransfer: Sendable {
    private let configuration: CurlConfiguration

    /// A sender of mails.
    public init(configuration: CurlConfiguration) {
        self.configuration = configuration
    }

    /// Hands a mail over and returns when the server has taken it for at least one recipient.
    ///
    /// `seconds` is how long it may take altogether. Returns the server's refusals of other recipients.
    /// Cancelling the task gives it up within a second or so; it is then unknown whether the server took it.
    public func send(
        _ mail: CurlMail, over server: MailServer, seconds: Int = 60
    ) async throws(CurlMailError) -> [String] {
        let order = MailOrder(
            bytes: try mail.message(), sender: mail.sender, recipients: mail.recipients, server: server,
            needsTLS: try server.needsTLS(), seconds: max(1, seconds), configuration: configuration)
        let flag = CancelFlag()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread { continuation.resume(returning: MailExchange.run(order, flag)) }
                thread.name = "mail"
                thread.start()
            }
        } onCancel: {
            flag.raise()
        }
        return try result.get()
    }
}

/// All that one handing over needs.
private struct MailOrder: Sendable {
    let bytes: [UInt8]
    let sender: String
    let recipients: [String]
    let server: MailServer
    let needsTLS: Bool
    let seconds: Int
    let configuration: CurlConfiguration
}

/// Raised from any thread, seen by libcurl's callback.
private final class CancelFlag: Sendable {
    private let state = Atomic(false)
    var isRaised: Bool { state.load(ordering: .relaxed) }
    func raise() { state.store(true, ordering: .relaxed) }
}

/// One handing over, on its own thread only.
private final class MailExchange {
    private let order: MailOrder
    private let flag: CancelFlag
    private var sent = 0
    /// The server's refusals so far, a line each.
    private var refusals: [(number: Int, line: String)] = []

    private init(_ order: MailOrder, _ flag: CancelFlag) {
        self.order = order
        self.flag = flag
    }

    static func run(_ order: MailOrder, _ flag: CancelFlag) -> Result<[String], CurlMailError> {
        TransferLoop.blockBrokenPipeSignal()
        guard TransferLoop.isCurlReady, let easy = curl_easy_init() else {
            return .failure(CurlMailError(.other, detail: "libcurl could not be started"))
        }
        defer { curl_easy_cleanup(easy) }
        return MailExchange(order, flag).perform(easy)
    }

    private func perform(_ easy: UnsafeMutableRawPointer) -> Result<[String], CurlMailError> {
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { words.deallocate() }
        var list: UnsafeMutablePointer<curl_slist>?
        for recipient in order.recipients { list = curl_slist_append(list, "<\(recipient)>") ?? list }
        defer { curl_slist_free_all(list) }
        var options = EasyOptions(easy)
        set(&options, easy, list)
        options.set(CURLOPT_ERRORBUFFER, words)
        guard options.areAllTaken else {
            return .failure(CurlMailError(.other, detail: "libcurl refused the mail's settings"))
        }
        // The callbacks are given this object, which lives until the end of this function.
        let code = withExtendedLifetime(self) { curl_easy_perform(easy) }
        if code == CURLE_OK { return .success(refusals.map(\.line)) }
        return .failure(failure(code, String(cString: words)))
    }

    private func set(
        _ options: inout EasyOptions, _ easy: UnsafeMutableRawPointer, _ list: UnsafeMutablePointer<curl_slist>?
    ) {
        options.setAlways()
        options.set(order.configuration, isPlain: true)
        options.note(shim_easy_set_mail_protocols(easy))
        options.set(CURLOPT_URL, order.server.url)
        options.set(CURLOPT_USE_SSL, Int(order.needsTLS ? CURLUSESSL_ALL.rawValue : CURLUSESSL_NONE.rawValue))
        if let user = order.server.user {
            options.set(CURLOPT_USERNAME, user)
            options.set(CURLOPT_PASSWORD, order.server.password ?? "")
            options.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        options.set(CURLOPT_MAIL_FROM, "<\(order.sender)>")
        options.note(shim_easy_set_list(easy, CURLOPT_MAIL_RCPT, list))
        options.note(shim_easy_allow_refused_recipients(easy))
        options.set(CURLOPT_UPLOAD, 1)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, min(20, order.seconds) * 1_000)
        options.set(CURLOPT_TIMEOUT_MS, order.seconds * 1_000)
        let context = Unmanaged.passUnretained(self).toOpaque()
        options.note(shim_easy_set_reader(easy, giveMail, context))
        options.note(shim_easy_set_progress(easy, goOn, context))
        options.note(shim_easy_set_writer(easy, CURLOPT_HEADERFUNCTION, takeReply))
        options.set(CURLOPT_HEADERDATA, context)
        // Replies that are no headers go nowhere.
        options.note(shim_easy_set_writer(easy, CURLOPT_WRITEFUNCTION, dropReply))
    }

    private func failure(_ code: CURLcode, _ words: String) -> CurlMailError {
        let general = CurlError.detail(code, words)
        let meaning = CurlError.Code(
            code, isConnecting: true, isHeadComplete: false, isLengthAnnounced: false,
            isHeadTooLarge: false)
        if code == CURLE_ABORTED_BY_CALLBACK { return CurlMailError(.cancelled) }
        if code == CURLE_OPERATION_TIMEDOUT { return CurlMailError(.timedOut, detail: general) }
        if meaning == .tls || meaning == .handshake { return CurlMailError(.tls, detail: general) }
        if let last = refusals.last { return CurlMailError(.refused, reply: last.number, detail: last.line) }
        switch meaning {
        case .dns: return CurlMailError(.dns, detail: general)
        case .connect: return CurlMailError(.connect, detail: general)
        default: return CurlMailError(.other, detail: general)
        }
    }

    // MARK: callbacks of libcurl

    fileprivate var isCancelled: Bool { flag.isRaised }

    fileprivate func give(_ buffer: UnsafeMutablePointer<CChar>, atMost count: Int) -> Int {
        let piece = order.bytes[sent...].prefix(count)
        UnsafeMutableRawBufferPointer(start: buffer, count: count).copyBytes(from: piece)
        sent += piece.count
        return piece.count
    }

    /// A line of the server's: kept where it is a refusal.
    fileprivate func reply(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes.prefix(300), as: UTF8.self)
        guard let number = Int(line.prefix(3)), number >= 400, refusals.count < 20 else { return }
        let clean = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
        refusals.append((number, String(String.UnicodeScalarView(clean))))
    }
}

// MARK: - The C callbacks

private func giveMail(
    buffer: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context, let buffer else { return Int(CURL_READFUNC_ABORT) }
    return Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue().give(buffer, atMost: size * count)
}

private func takeReply(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue().reply(
        UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func dropReply(
    _: UnsafeMutablePointer<CChar>?, size: Int, count: Int, _: UnsafeMutableRawPointer?
) -> Int { size * count }

private func goOn(
    context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    guard let context else { return 1 }
    return Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
}
