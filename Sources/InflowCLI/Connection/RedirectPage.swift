/// The page that the browser shows after the consent.
struct RedirectPage: Sendable {
    let title: String
    let text: String
    var isFault = false

    /// The page as HTML, with title and text escaped.
    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Inflow: \(RedirectPage.escaped(title))</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style></head>
        <body><h1>\(RedirectPage.escaped(title))</h1><p>\(RedirectPage.escaped(text))</p></body></html>
        """
    }

    /// Escapes text for HTML content and attribute values.
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
