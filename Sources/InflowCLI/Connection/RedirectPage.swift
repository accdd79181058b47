/// What the browser shows when it comes back from the consent page.
struct RedirectPage: Sendable {
    let title: String
    let text: String
    var isFault = false

    /// The page; whatever it is made of is escaped.
    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Inflow: \(RedirectPage.escaped(title))</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style></head>
        <body><h1>\(RedirectPage.escaped(title))</h1><p>\(RedirectPage.escaped(text))</p></body></html>
        """
    }

    /// Text as it may stand in HTML, in an attribute too.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
