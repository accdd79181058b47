import Curl
import Foundation
import Testing

@Suite("Dates in headers")
struct HTTPDateTests {
    @Test(
        "All three forms of an HTTP date name the same moment",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ])
    func forms(text: String) {
        #expect(HTTPDate.moment(text) == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test("A leap day is a date")
    func leapDay() {
        #expect(HTTPDate.moment("Thu, 29 Feb 2024 00:00:00 GMT") == Date(timeIntervalSince1970: 1_709_164_800))
    }

    @Test(
        "What is not a date is none, a day that its month does not have included",
        arguments: ["", "soon", "30", "Sat, 31 Feb 2026 11:00:00 GMT", "Sun, 29 Feb 2026 11:00:00 GMT", "\0"])
    func none(text: String) {
        #expect(HTTPDate.moment(text) == nil)
    }
}
