public import Foundation

/// One mail of plain text, with a file or without.
public struct CurlMail: Sendable, Hashable {
    /// A file that a mail carries.
    public struct Attachment: Sendable, Hashable {
        /// Its name: letters, digits, `.`, `_` and `-`; any other character counts as `_`.
        public var name: String
        /// Its media type, such as `text/csv`.
        public var mediaType: String
        /// What it holds.
        public var bytes: [UInt8]

        /// A file by its name, media type and bytes.
        public init(name: String, mediaType: String, bytes: [UInt8]) {
            (self.name, self.mediaType, self.bytes) = (name, mediaType, bytes)
        }
    }

    /// Address it comes from: `alerts@example.com`.
    public var sender: String
    /// Addresses it goes to.
    ///
    /// Each recipient sees the others.
    public var recipients: [String]
    /// Its subject; control characters count as blanks.
    public var subject: String
    /// Its text, lines ended by `\n`.
    public var text: String
    /// When it was written, for the `Date` header.
    public var date: Date
    /// The `Message-ID`, in angle brackets; the same mail sent again keeps it.
    public var messageID: String
    /// The file that it carries; `nil` for none.
    public var attachment: Attachment?

    /// Makes a mail; nothing is checked before it is sent.
    public init(
        sender: String, recipients: [String], subject: String, text: String, date: Date, messageID: String,
        attachment: Attachment? = nil
    ) {
        self.sender = sender
        self.recipients = recipients
        self.subject = subject
        self.text = text
        self.date = date
        self.messageID = messageID
        self.attachment = attachment
    }

    /// Whether a text is a plain mail address: ASCII, one `@`, nothing that could end a header or a command.
    public static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), text.utf8.count <= 254 else { return false }
        return text.utf8.allSatisfy { 33...126 ~= $0 && !"<>()[],;:\\\"".utf8.contains($0) }
    }

    /// The mail as it is sent: RFC 5322 with lines ended by CR LF.
    ///
    /// Throws `bad_mail` for an address or a Message-ID that would end its header.
    func message() throws(CurlMailError) -> [UInt8] {
        guard CurlMail.isAddress(sender) else { throw CurlMailError(.badMail, detail: "the sender's address") }
        guard !recipients.isEmpty, recipients.allSatisfy(CurlMail.isAddress) else {
            throw CurlMailError(.badMail, detail: "a recipient's address")
        }
        let id = messageID.dropFirst().dropLast()
        guard messageID.hasPrefix("<"), messageID.hasSuffix(">"), CurlMail.isAddress(String(id)) else {
            throw CurlMailError(.badMail, detail: "the Message-ID")
        }
        var lines = [
            "Date: \(CurlMail.dateText(date))",
            "From: Inflow <\(sender)>",
            "To: \(recipients.joined(separator: ",\r\n "))",
            "Subject: \(CurlMail.headerText(subject))",
            "Message-ID: \(messageID)",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        guard let attachment else {
            lines += textPart
            return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
        }
        // No line of a part begins so: text is seven-bit lines or base64, and neither can hold the random part.
        let boundary = "=_inflow_\(UUID().uuidString)"
        lines += ["Content-Type: multipart/mixed; boundary=\"\(boundary)\"", "", "--\(boundary)"]
        lines += textPart + ["--\(boundary)"] + CurlMail.part(attachment) + ["--\(boundary)--"]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// The header lines of the text, an empty line, and the text.
    private var textPart: [String] {
        let body = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let isPlain = body.allSatisfy { line in
            line.utf8.count <= 900 && line.utf8.allSatisfy { 32...126 ~= $0 || $0 == 9 }
        }
        let headers = [
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(isPlain ? "7bit" : "base64")", "",
        ]
        return headers
            + (isPlain ? body.map(String.init) : [CurlMail.base64(Array(body.joined(separator: "\r\n").utf8))])
    }

    /// The header lines of a file, an empty line, and the file.
    private static func part(_ attachment: Attachment) -> [String] {
        func safe(_ text: String, _ further: String) -> String {
            String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || further.contains($0)) ? $0 : "_" })
        }
        return [
            "Content-Type: \(safe(attachment.mediaType, "/.+-"))",
            "Content-Disposition: attachment; filename=\"\(safe(attachment.name, "._-"))\"",
            "Content-Transfer-Encoding: base64", "", base64(attachment.bytes),
        ]
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    /// `Sat, 21 Nov 2026 04:00:00 +0000`.
    private static func dateText(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        return "\(day) \(1_900 + parts.tm_year) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }

    /// A header's text, as it is where it is short ASCII, else in encoded words (RFC 2047) of at most 75 characters.
    private static func headerText(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }.prefix(400)
        let isPlain = scalars.allSatisfy(\.isASCII) && scalars.count <= 200
        if isPlain, !text.contains("=?") { return String(String.UnicodeScalarView(scalars)) }
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in scalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 45 {
                words.append(encodedWord(word))
                word = []
            }
            word += bytes
        }
        words.append(encodedWord(word))
        return words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String {
        "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
    }
}

/// Why the mail server did not get a mail.
public struct CurlMailError: Error, Sendable, Hashable {
    /// What went wrong; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// An address, the Message-ID or the server's address cannot be used.
        case badMail = "bad_mail"
        /// The name of the server could not be looked up.
        case dns
        /// No connection could be made.
        case connect
        /// No trusted connection could be made, or the server offers none.
        case tls
        /// It took too long.
        case timedOut = "timed_out"
        /// The server refused the user, all recipients or the mail; `reply` has its number.
        case refused
        /// The task was cancelled.
        case cancelled
        /// Any other failure of libcurl.
        case other
    }

    /// What went wrong; stable.
    public var code: Code
    /// The number of the server's refusal: 4xx for now, 5xx for good.
    public var reply: Int?
    /// What varies: the server's or libcurl's own words; never a password.
    public var detail: String

    /// An error with the reply of the server, where it gave one.
    public init(_ code: Code, reply: Int? = nil, detail: String = "") {
        self.code = code
        self.reply = reply
        self.detail = detail
    }

    /// Whether the same mail would fare the same again.
    public var isFinal: Bool {
        code == .badMail || code == .refused && (reply ?? 0) >= 500
    }
}

extension CurlMailError: CustomStringConvertible {
    /// What happened, fit to be shown to the person who set the server up.
    public var description: String {
        let words =
            switch code {
            case .badMail: "Mail of this form cannot be sent"
            case .dns: "The look-up of the mail server's name failed"
            case .connect: "The connection to the mail server failed"
            case .tls: "The mail server's certificate is not trusted"
            case .timedOut: "The mail server did not answer in time"
            case .refused: "The mail server refused the mail"
            case .cancelled: "Inflow cancelled the sending"
            case .other: "The mail server did not take the mail"
            }
        return detail.isEmpty ? "\(words)." : "\(words): \(detail)"
    }
}
