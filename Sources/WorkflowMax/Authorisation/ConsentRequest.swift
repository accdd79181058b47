internal import Crypto
internal import Foundation
public import Inflow

/// One request for consent: the page a person opens, and what the answer to it must carry.
///
/// The state ties the answer to this request, so that an attacker cannot slip in the code of another consent; the
/// verifier (PKCE, RFC 7636) ties the code to this process where the platform looks at it. Both are random and used
/// once. Source: BlueRock, "API authentication"; reference §3.1.
public struct ConsentRequest: Sendable {
    /// Where the platform sends the browser back to; sent again with the code.
    public let redirectURL: String
    /// The consent page, to be opened in a browser.
    public let url: String
    let verifier: String
    private let state: String
    private let connectionName: String

    /// A new request for a connection; `redirectURL` must be registered with the application.
    public init(_ connection: Connection, redirectURL: String) {
        self.redirectURL = redirectURL
        connectionName = connection.name
        state = ConsentRequest.random()
        verifier = ConsentRequest.random()
        let challenge = ConsentRequest.base64URL(SHA256.hash(data: Data(verifier.utf8)))
        let base = connection.settings.authoriseURL
        url =
            base + (base.contains("?") ? "&" : "?")
            + RequestURL.form([
                .init(name: "response_type", value: "code"),
                .init(name: "client_id", value: connection.settings.clientID),
                .init(name: "redirect_uri", value: redirectURL),
                .init(name: "scope", value: Authorisation.scope), .init(name: "state", value: state),
                .init(name: "prompt", value: "consent"), .init(name: "code_challenge", value: challenge),
                .init(name: "code_challenge_method", value: "S256"),
            ])
    }

    /// Whether an address that a browser was sent back to answers this request, whatever it says.
    ///
    /// An answer to another request, such as one of an earlier try in another tab, has another state.
    public func isAnswered(by address: String) -> Bool {
        ConsentRequest.fields(of: address)["state"].map { ConsentRequest.isSame($0, state) } ?? false
    }

    /// The code in an address the browser was sent back to, or in its query alone.
    ///
    /// Throws `badRequest` when it answers another request than this or holds no code, and `consentNeeded` when the
    /// person, or the platform, refused.
    public func code(in address: String) throws(SourceError) -> String {
        let fields = ConsentRequest.fields(of: address)
        guard isAnswered(by: address) else {
            throw failure(
                .badRequest,
                "The browser came back with an answer that is not to this request (the state differs). Nothing was "
                    + "changed. Run \"inflow authorise \(connectionName.shellWord)\" again and use the address "
                    + "it prints.")
        }
        if let error = fields["error"] {
            let said = ConsentRequest.printable([error, fields["error_description"] ?? ""])
            guard error == "access_denied" else {
                throw failure(
                    .consentNeeded,
                    "WorkflowMax did not give its consent. Nothing was changed. Look at what it said, and at the "
                        + "settings "
                        + "client-id and redirect-url.", said)
            }
            throw failure(
                .consentNeeded,
                "Consent was refused, so \"\(connectionName)\" was not authorised. Nothing was changed. Run \"inflow "
                    + "authorise \(connectionName.shellWord)\" again when the person agrees.", said)
        }
        guard let code = fields["code"], !code.isEmpty else {
            throw failure(
                .badRequest,
                "The browser came back without a code. Nothing was changed. Run \"inflow authorise "
                    + "\(connectionName.shellWord)\" "
                    + "again.")
        }
        return code
    }

    private func failure(_ code: SourceError.Code, _ words: String, _ detail: String = "") -> SourceError {
        SourceError(code, subject: "authorisation of \"\(connectionName)\"", message: words, detail: detail)
    }

    // MARK: text

    /// 256 random bits from the system's generator, as text fit for an address.
    private static func random() -> String {
        base64URL(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Compares in a time that does not tell how much is equal.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The fields of a query; the first of a name counts.
    static func fields(of address: String) -> [String: String] {
        let trimmed = address.trimmed
        let query = trimmed.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
        var fields: [String: String] = [:]
        for pair in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).replacing("+", with: " ").removingPercentEncoding ?? String($0)
            }
            if let name = parts.first, fields[name] == nil { fields[name] = parts.count > 1 ? parts[1] : "" }
        }
        return fields
    }

    /// What the other side said, short and without characters that move a terminal's cursor.
    private static func printable(_ parts: [String]) -> String {
        let text = parts.filter { !$0.isEmpty }.joined(separator: ": ")
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(300).filter { $0.properties.generalCategory != .control }))
    }
}
