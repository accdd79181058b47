/// Entities with a name.
enum NamedCharacter {
    /// The five that XML itself defines.
    static let ofXML: Set<String> = ["amp", "lt", "gt", "quot", "apos"]

    /// Those of HTML that pasted text is likely to hold, with what stands for them in XML.
    static let ofHTML: [String: String] = [
        "AMP": "&amp;", "LT": "&lt;", "GT": "&gt;", "QUOT": "&quot;",
        "nbsp": "\u{A0}", "iexcl": "¡", "cent": "¢", "pound": "£", "yen": "¥", "sect": "§", "copy": "©", "reg": "®",
        "laquo": "«", "raquo": "»", "shy": "\u{AD}", "deg": "°", "plusmn": "±", "sup2": "²", "sup3": "³", "micro": "µ",
        "para": "¶", "middot": "·", "frac14": "¼", "frac12": "½", "frac34": "¾", "iquest": "¿", "times": "×",
        "divide": "÷", "szlig": "ß",
        "agrave": "à", "aacute": "á", "acirc": "â", "atilde": "ã", "auml": "ä", "aring": "å", "aelig": "æ",
        "ccedil": "ç",
        "egrave": "è", "eacute": "é", "ecirc": "ê", "euml": "ë", "igrave": "ì", "iacute": "í", "icirc": "î",
        "iuml": "ï",
        "ntilde": "ñ", "ograve": "ò", "oacute": "ó", "ocirc": "ô", "otilde": "õ", "ouml": "ö", "oslash": "ø",
        "ugrave": "ù", "uacute": "ú", "ucirc": "û", "uuml": "ü", "yuml": "ÿ",
        "Agrave": "À", "Aacute": "Á", "Acirc": "Â", "Atilde": "Ã", "Auml": "Ä", "Aring": "Å", "AElig": "Æ",
        "Ccedil": "Ç",
        "Egrave": "È", "Eacute": "É", "Ecirc": "Ê", "Euml": "Ë", "Iacute": "Í", "Ntilde": "Ñ", "Oacute": "Ó",
        "Ocirc": "Ô",
        "Otilde": "Õ", "Ouml": "Ö", "Oslash": "Ø", "Uacute": "Ú", "Uuml": "Ü", "amacr": "ā", "emacr": "ē", "imacr": "ī",
        "omacr": "ō", "umacr": "ū",
        "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„",
        "hellip": "…", "bull": "•", "dagger": "†", "prime": "′", "trade": "™", "euro": "€", "larr": "←", "rarr": "→",
        "minus": "−", "ne": "≠", "le": "≤", "ge": "≥", "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}",
        "zwnj": "\u{200C}", "zwj": "\u{200D}", "lrm": "\u{200E}", "rlm": "\u{200F}",
    ]
}
