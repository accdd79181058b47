import CCurl

/// Sets the options of one easy handle and notes whether libcurl took them all.
struct EasyOptions {
    private let easy: UnsafeMutableRawPointer
    private(set) var areAllTaken = true

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    /// What holds for every request.
    mutating func setAlways() {
        note(shim_easy_set_protocols(easy))
        note(shim_easy_set_quick_exit(easy))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_BUFFERSIZE, 64 * 1_024)
    }

    /// What holds for every request of an engine.
    mutating func set(_ configuration: CurlConfiguration, isPlain: Bool) {
        set(CURLOPT_USERAGENT, configuration.userAgent)
        // Set even when empty: libcurl then reads no environment of its own. Plain http never leaves this machine.
        set(CURLOPT_PROXY, isPlain ? "" : configuration.proxy ?? "")
        set(CURLOPT_NOPROXY, configuration.noProxy ?? "")
        if let file = configuration.certificateFile {
            set(CURLOPT_CAINFO, file)
            set(CURLOPT_PROXY_CAINFO, file)
        }
        if let folder = configuration.certificateFolder {
            set(CURLOPT_CAPATH, folder)
            set(CURLOPT_PROXY_CAPATH, folder)
        }
    }

    /// What one request asks for; the returned list must outlive the transfer.
    mutating func set(_ request: CurlRequest, _ address: Address) -> UnsafeMutablePointer<curl_slist>? {
        set(CURLOPT_URL, address.text)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.limits.connect / .milliseconds(1))))
        var lines = request.headers.map { name, value in value.isEmpty ? "\(name);" : "\(name): \(value)" }
        // Decompressed by `BodyDecoder`: libcurl, asked to do it, refuses a body of several gzip files.
        lines.append("Accept-Encoding: gzip, deflate")
        if request.method == .post {
            let body = request.body ?? []
            set(CURLOPT_POST, 1)
            note(shim_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            body.withUnsafeBytes { bytes in
                note(
                    shim_easy_set_pointer(
                        easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
            }
            set(CURLOPT_FRESH_CONNECT, 1)
            // No header that the request does not name.
            lines.append("Expect:")
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                lines.append("Content-Type:")
            }
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                areAllTaken = false
                break
            }
            list = longer
        }
        note(shim_easy_set_list(easy, CURLOPT_HTTPHEADER, list))
        return list
    }

    /// The three callbacks and what they are given.
    mutating func setCallbacks(
        _ context: UnsafeMutableRawPointer, header: @escaping curl_write_callback, body: @escaping curl_write_callback,
        ready: @escaping curl_prereq_callback
    ) {
        note(shim_easy_set_writer(easy, CURLOPT_HEADERFUNCTION, header))
        set(CURLOPT_HEADERDATA, context)
        note(shim_easy_set_writer(easy, CURLOPT_WRITEFUNCTION, body))
        set(CURLOPT_WRITEDATA, context)
        note(shim_easy_set_prereq(easy, ready, context))
    }

    /// One option that takes a pointer.
    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        note(shim_easy_set_pointer(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(shim_easy_set_long(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: String) {
        note(shim_easy_set_string(easy, option, value))
    }

    mutating func note(_ code: CURLcode) {
        if code != CURLE_OK { areAllTaken = false }
    }
}
