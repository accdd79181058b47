/// The page on which a person consents: approve or refuse, for which organisations, and as whom.
struct ConsentPage: Sendable {
    let query: [String: String]
    let organisations: [String]

    /// Who consents: the owner; a clerk, whose tokens name the organisations but may not read; a guest, who has none.
    private static let users = ["owner", "clerk", "guest"]
    private static let carried = ["client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"]

    /// The page as one HTML document, with the request's parameters as hidden fields.
    var html: String {
        let hidden = ConsentPage.carried.compactMap { name in
            query[name].map { #"<input type="hidden" name="\#(name)" value="\#(ConsentPage.escaped($0))">"# }
        }
        let boxes = organisations.map {
            #"<label><input type="checkbox" name="org:\#(ConsentPage.escaped($0))" value="on" checked> "#
                + "Organisation \(ConsentPage.escaped($0))</label><br>"
        }
        let users = ConsentPage.users.map { "<option value=\"\($0)\">\($0)</option>" }
        return """
            <!doctype html><html><head><title>Consent</title></head><body>
            <h1>An application wants to read your records</h1>
            <form method="post" action="/oauth/consent">
            \(hidden.joined(separator: "\n"))
            \(boxes.joined(separator: "\n"))
            <p>You are <select name="user">\(users.joined())</select></p>
            <button name="decision" value="approve">Approve</button>
            <button name="decision" value="refuse">Refuse</button>
            </form></body></html>
            """
    }

    /// What an approval is good for.
    static func leave(_ form: [String: String], organisations: [String]) -> Tokens.Leave {
        let chosen = organisations.filter { form["org:\($0)"] != nil }
        switch form["user"] {
        case "guest": return Tokens.Leave(accounts: [], mayRead: false)
        case "clerk": return Tokens.Leave(accounts: chosen, mayRead: false)
        default: return Tokens.Leave(accounts: chosen)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
