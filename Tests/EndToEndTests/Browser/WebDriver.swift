import Curl
import Foundation
import TestSupport
import Testing

/// A real browser (Debian's Chromium, headless) over WebDriver; one session of its own profile, in a wide window.
///
/// The W3C protocol is JSON over HTTP, so that no library stands between the test and the browser.
final class WebDriver: Sendable {
    /// What the browser answered that it could not do.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    private struct Session: Decodable {
        let sessionId: String
    }

    private let address: String
    private let transfer: Transfer

    private init(address: String, transfer: Transfer) {
        (self.address, self.transfer) = (address, transfer)
    }

    /// Runs `body` with a browser, and ends it after.
    static func run<T: Sendable>(
        _ body: (WebDriver) async throws -> T
    ) async throws -> T {
        try await DriverProcess.run { port in
            let base = "http://127.0.0.1:\(port)/session"
            let transfer = Transfer(configuration: CurlConfiguration())
            let wanted = """
                {"capabilities": {"alwaysMatch": {"browserName": "chrome", "timeouts": {"script": 180000}, "goog:chromeOptions": {
                    "binary": "/usr/bin/chromium",
                    "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--window-size=1440,1200"]}}}}
                """
            let made = try await send(transfer, base, wanted, as: Session.self)
            let driver = WebDriver(address: "\(base)/\(made.sessionId)", transfer: transfer)
            let outcome: Result<T, any Error>
            do {
                outcome = .success(try await body(driver))
            } catch {
                outcome = .failure(error)
            }
            // The browser ends by itself; its driver, which would wait for it, is ended after.
            _ = try? await driver.command("Browser.close", "{}", as: Nothing.self)
            return try outcome.get()
        }
    }

    // MARK: what a person does

    /// Opens an address.
    func open(_ address: String) async throws {
        _ = try await ask("url", "{\"url\": \(WebDriver.json(address))}", as: Nothing.self)
    }

    /// Where the browser is.
    func location() async throws -> String { try await text("location.href") }

    /// Loads the page anew.
    func reload() async throws { _ = try await ask("refresh", "{}", as: Nothing.self) }

    /// Presses the first visible element that a selector finds and whose text begins with some words.
    ///
    /// A living part may be made anew between finding and pressing: then it is found again.
    func press(_ selector: String, _ words: String = "") async throws {
        try await eventually("\(selector) \"\(words)\" to be pressed") {
            do {
                try await self.pressOnce(selector, words)
                return true
            } catch let error as Refusal where error.description.contains("stale element") {
                return false
            }
        }
    }

    private func pressOnce(_ selector: String, _ words: String) async throws {
        let isThere = try await text(
            """
            (() => { const e = [...document.querySelectorAll(\(WebDriver.json(selector)))].find(
                e => e.offsetParent !== null && e.innerText.trim().startsWith(\(WebDriver.json(words))));
            if (!e) return "no"; e.setAttribute("data-pressed", ""); return "yes"; })()
            """)
        guard isThere == "yes" else {
            throw Refusal(description: "There is no \(selector) \"\(words)\" on \(try await location())")
        }
        let element = try await element("[data-pressed]")
        _ = try await text("(document.querySelector('[data-pressed]').removeAttribute('data-pressed'), '')")
        _ = try await ask("element/\(element)/click", "{}", as: Nothing.self)
    }

    /// Types into a field, in place of what it holds.
    func type(_ text: String, into selector: String) async throws {
        let element = try await element(selector)
        _ = try await ask("element/\(element)/clear", "{}", as: Nothing.self)
        _ = try await ask("element/\(element)/value", "{\"text\": \(WebDriver.json(text))}", as: Nothing.self)
    }

    /// Gives a field a value as its picker would: what typing a date means depends on the machine's language.
    func pick(_ value: String, in selector: String) async throws {
        _ = try await text(
            "(document.querySelector(\(WebDriver.json(selector))).value = \(WebDriver.json(value)), '')")
    }

    /// The text of an element; empty where there is none.
    func text(of selector: String) async throws -> String {
        try await text("document.querySelector(\(WebDriver.json(selector)))?.innerText ?? ''")
    }

    /// Waits until an element shows some words, however long it takes within the limit of the test.
    func sees(_ words: String, in selector: String = "body") async throws {
        try await eventually("\(selector) to show \"\(words)\"") {
            try await self.text(of: selector).contains(words)
        }
    }

    /// Waits until an element is there without words.
    func seesNothing(in selector: String) async throws {
        try await eventually("\(selector) to be empty") {
            try await self.text("document.querySelector(\(WebDriver.json(selector)))?.innerText === ''") == "true"
        }
    }

    /// What an expression of the page's script language comes to, as text.
    func text(_ expression: String) async throws -> String {
        let script = "return String(\(expression))"
        return try await ask("execute/sync", "{\"script\": \(WebDriver.json(script)), \"args\": []}", as: String.self)
    }

    /// What a promise of the page's script language comes to, as text.
    func promised(_ code: String) async throws -> String {
        let script =
            "const done = arguments[arguments.length - 1]; (async () => { \(code) })().then(done, e => done('error: ' + e))"
        return try await ask("execute/async", "{\"script\": \(WebDriver.json(script)), \"args\": []}", as: String.self)
    }

    /// A picture of the whole page as PNG.
    func picture() async throws -> Data {
        struct Shot: Decodable {
            let data: Data
        }
        return try await command(
            "Page.captureScreenshot", #"{"captureBeyondViewport": true, "format": "png"}"#, as: Shot.self
        ).data
    }

    /// Sets how wide the window is, as a phone or a screen would be, and whether the person prefers dark colours.
    ///
    /// For looking only: presses beyond the real window would go nowhere.
    func look(width: Int, isDark: Bool) async throws {
        _ = try await command(
            "Emulation.setDeviceMetricsOverride",
            #"{"width": \#(width), "height": 900, "deviceScaleFactor": 1, "mobile": false}"#, as: Nothing.self)
        let scheme = isDark ? "dark" : "light"
        _ = try await command(
            "Emulation.setEmulatedMedia",
            #"{"features": [{"name": "prefers-color-scheme", "value": "\#(scheme)"}]}"#, as: Nothing.self)
    }

    /// Opens a second window, which has the same cookies, and returns its name; `show` brings one to the front.
    func newWindow() async throws -> String {
        struct Window: Decodable {
            let handle: String
        }
        return try await ask("window/new", #"{"type": "window"}"#, as: Window.self).handle
    }

    /// Brings a window to the front.
    func show(_ window: String) async throws {
        _ = try await ask("window", "{\"handle\": \(WebDriver.json(window))}", as: Nothing.self)
    }

    /// The name of the window in front.
    func window() async throws -> String { try await get("window") }

    // MARK: the protocol

    /// Whatever there is, which nobody reads.
    private struct Nothing: Decodable {
        init() {}
        init(from decoder: any Decoder) {}
    }

    private struct Answer<Value: Decodable>: Decodable {
        let value: Value?
    }

    private struct Fault: Decodable {
        let message: String
    }

    private func element(_ selector: String) async throws -> String {
        let found = try await ask(
            "element", "{\"using\": \"css selector\", \"value\": \(WebDriver.json(selector))}",
            as: [String: String].self)
        return try #require(found.values.first)
    }

    private func command<T: Decodable & Sendable>(
        _ name: String, _ parameters: String, as type: T.Type
    ) async throws -> T {
        try await ask("goog/cdp/execute", "{\"cmd\": \"\(name)\", \"params\": \(parameters)}", as: type)
    }

    private func ask<T: Decodable>(_ path: String, _ body: String, as type: T.Type) async throws -> T {
        try await WebDriver.send(transfer, "\(address)/\(path)", body, as: type)
    }

    private func get(_ path: String) async throws -> String {
        let response = try await transfer.send(CurlRequest(url: "\(address)/\(path)"))
        let bytes = try await response.body.collect(atMost: 1 << 20)
        return try #require(try JSONDecoder().decode(Answer<String>.self, from: Data(bytes)).value)
    }

    private static func send<T: Decodable>(
        _ transfer: Transfer, _ url: String, _ body: String, as type: T.Type
    ) async throws -> T {
        var request = CurlRequest(url: url, method: .post)
        request.body = Array(body.utf8)
        request.headers = [("Content-Type", "application/json")]
        let response = try await transfer.send(request)
        let bytes = Data(try await response.body.collect(atMost: 64 << 20))
        guard (200..<300).contains(response.status) else {
            let fault = try? JSONDecoder().decode(Answer<Fault>.self, from: bytes)
            throw Refusal(description: fault?.value?.message ?? "status \(response.status)")
        }
        if let nothing = Nothing() as? T { return nothing }
        return try #require(try JSONDecoder().decode(Answer<T>.self, from: bytes).value)
    }

    private static func json(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
