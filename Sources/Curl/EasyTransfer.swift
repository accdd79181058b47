import CCurl
import Foundation

/// One easy handle and what its callbacks need.
///
/// Never leaves the engine's thread.
final class EasyTransfer {
    /// Headers larger than this in all are refused.
    static let headersLimit = 256 * 1_024
    /// What a refusal of too long headers says; the limit of one header is libcurl's own.
    static let headersLimitWords = "the headers are longer than 256 KiB in all, or one is longer than 100 KiB"

    let easy: UnsafeMutableRawPointer
    let pipe: Pipe
    private(set) var deadlines: Deadlines
    private let request: CurlRequest
    private let now: @Sendable () -> ContinuousClock.Instant
    private let started: ContinuousClock.Instant
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var head = ResponseHead()
    private var isHeadComplete = false
    private var headerBytes = 0
    private var hasNews = false

    init?(
        _ request: CurlRequest, _ address: Address, _ pipe: Pipe, configuration: CurlConfiguration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.pipe = pipe
        self.request = request
        self.now = now
        started = now()
        deadlines = Deadlines(request.limits, startedAt: started)
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        var options = EasyOptions(easy)
        options.setAlways()
        options.set(configuration, isPlain: address.isPlain)
        headerList = options.set(request, address)
        options.set(CURLOPT_ERRORBUFFER, errorText)
        let context = Unmanaged.passUnretained(self).toOpaque()
        options.setCallbacks(context, header: receiveHeader, body: receiveBody, ready: receiveReady)
        guard options.areAllTaken else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The length of the limit that an error code names; `nil` for an error that is no time limit.
    func limit(of code: CurlError.Code) -> Duration? {
        switch code {
        case .timedOutConnecting: request.limits.connect
        case .timedOutFirstByte: request.limits.firstByte
        case .timedOutIdle: request.limits.idle
        case .timedOutTotal: request.limits.total
        case .dns, .connect, .tls, .handshake, .reset, .bodyTooShort, .badEncoding, .refusedPlainHTTP, .badURL,
            .badHeader, .tooLarge, .cancelled, .readTwice, .other:
            nil
        }
    }
}

// MARK: - Callbacks of libcurl

extension EasyTransfer {
    fileprivate func connected() {
        deadlines.connected(at: now())
    }

    /// A line of headers, with its line end; returns false to break off.
    fileprivate func header(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !isHeadComplete else { return true }
        headerBytes += bytes.count
        guard headerBytes <= EasyTransfer.headersLimit else { return false }
        var line = bytes[...]
        while let last = line.last, last == 10 || last == 13 { line.removeLast() }
        if line.isEmpty {
            completeHead()
        } else if line.starts(with: "HTTP/".utf8) {
            head = ResponseHead()
        } else {
            head.headers.add(line: String(decoding: line, as: UTF8.self))
        }
        return true
    }

    private func completeHead() {
        var status = 0
        _ = shim_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        guard status >= 200 else { return }
        let instant = now()
        isHeadComplete = true
        head.status = status
        head.headersAt = Date()
        head.waited = instant - started
        deadlines.arrived(at: instant)
        pipe.put(head)
    }

    /// Bytes of the body; returns false to pause.
    fileprivate func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard pipe.put(bytes) else {
            deadlines.paused()
            return false
        }
        hasNews = true
        deadlines.arrived(at: now())
        return true
    }
}

// MARK: - What the loop asks

extension EasyTransfer {
    /// Wakes the reader if something has come since the last time.
    func deliver() {
        guard hasNews else { return }
        hasNews = false
        countTraffic()
        pipe.deliver()
    }

    /// Reads a paused connection on.
    func resume() {
        deadlines.resumed(at: now())
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// Reports to the pipe how many bytes came over the wire.
    func countTraffic() {
        var headerBytes = 0
        var wireBytes: curl_off_t = 0
        _ = shim_easy_get_long(easy, CURLINFO_HEADER_SIZE, &headerBytes)
        _ = shim_easy_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &wireBytes)
        pipe.count(headerBytes: headerBytes, wireBytes: Int(wireBytes))
    }

    /// libcurl says the transfer is over: passes its end on to the pipe.
    func finish(_ result: CURLcode) {
        countTraffic()
        guard result != CURLE_OK else { return pipe.finish(.success(())) }
        let words = String(cString: errorText)
        var announced: curl_off_t = -1
        _ = shim_easy_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
        let code = CurlError.Code(
            result, isConnecting: deadlines.isConnecting, isHeadComplete: isHeadComplete,
            isLengthAnnounced: announced >= 0, isHeadTooLarge: headerBytes > EasyTransfer.headersLimit)
        let detail = code == .tooLarge ? EasyTransfer.headersLimitWords : CurlError.detail(result, words)
        pipe.finish(.failure(pipe.error(code, detail: detail)))
    }
}

// MARK: - The C callbacks

private func receiveHeader(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let exchange = Unmanaged<EasyTransfer>.fromOpaque(context).takeUnretainedValue()
    return exchange.header(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func receiveBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let exchange = Unmanaged<EasyTransfer>.fromOpaque(context).takeUnretainedValue()
    let isTaken = exchange.body(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return isTaken ? size * count : Int(CURL_WRITEFUNC_PAUSE)
}

private func receiveReady(
    context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32,
    _: Int32
) -> Int32 {
    guard let context else { return CURL_PREREQFUNC_ABORT }
    Unmanaged<EasyTransfer>.fromOpaque(context).takeUnretainedValue().connected()
    return CURL_PREREQFUNC_OK
}
