internal import CCurl
public import Foundation
internal import Glibc

/// A date as HTTP headers write it, read by libcurl.
public enum HTTPDate {
    /// The moment a header such as `Sun, 06 Nov 1994 08:49:37 GMT` names; `nil` where the text is not a date.
    ///
    /// libcurl reads all three forms of RFC 9110, which are in GMT. It also turns 31 February into 3 March; that is
    /// refused here. The day of the month is the first number in each of the three forms.
    public static func moment(_ text: String) -> Date? {
        guard !text.utf8.contains(0) else { return nil }
        var seconds = curl_getdate(text, nil)
        var parts = tm()
        guard seconds != -1, gmtime_r(&seconds, &parts) != nil,
            let day = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).first, Int(day) == Int(parts.tm_mday)
        else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }
}
