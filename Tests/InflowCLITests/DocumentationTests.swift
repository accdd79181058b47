import ArgumentParser
import Foundation
import Inflow
import TestSupport
import Testing

@testable import InflowCLI

/// Holds the catalogue's pages against the code they describe.
@Suite("Documentation")
struct DocumentationTests {
    @Test("Commands.md has a section for every command, which names each of its options, and for no other")
    func commands() throws {
        let sections = try Sections(of: "Commands.md", heading: "### inflow ")
        let commands = Leaf.all(of: InflowCommand.self)
        for command in commands {
            let text = try #require(sections.text(of: command.name), "\"inflow \(command.name)\" has no section")
            for option in command.options where !text.contains("`\(option)") && !text.contains("\(option) ") {
                Issue.record("\"inflow \(command.name)\" has \(option), which its section does not name")
            }
            let known = Set(command.options)
            for match in text.matches(of: /--[a-z][a-z-]*/) where !known.contains(String(match.output)) {
                Issue.record("\"inflow \(command.name)\" has no \(match.output), which its section names")
            }
        }
        for heading in sections.headings where !commands.contains(where: { Sections.fits(heading, $0.name) }) {
            Issue.record("\"inflow \(heading)\" is no command")
        }
    }

    @Test("The help of every command ends with examples, which begin as the command does and fit its options")
    func examples() throws {
        for command in Leaf.all(of: InflowCommand.self) {
            let lines = command.help.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let start = try #require(lines.firstIndex(of: "Examples:"), "\"inflow \(command.name)\" has no examples")
            let examples = lines[(start + 1)...].prefix { $0.contains("inflow ") }
            #expect(!examples.isEmpty, "\(command.name)")
            for line in examples {
                #expect(line.contains("inflow \(command.name.replacing(/\ (list|show)$/, with: ""))"), "\(line)")
                for match in line.matches(of: /--[a-z][a-z-]*/) {
                    #expect(command.options.contains(String(match.output)), "\(line)")
                }
            }
        }
    }

    @Test("Configuration.md has one row for each setting of a connection, in order, with its default")
    func connectionSettings() throws {
        let page = try page("Configuration.md")
        let rows = page.matches(of: /(?m)^\| `([a-z-]+)` \| ([^|]*) ?\|/).map {
            [String($0.output.1), $0.output.2.trimmingCharacters(in: .whitespaces)]
        }
        #expect(rows == ConnectionSetting.all.map { [$0.name, $0.defaultText] })
    }

    @Test("Configuration.md has a row for each key that the settings of a process are read from")
    func processSettings() throws {
        let page = try page("Configuration.md")
        let source = try String(contentsOf: Checkout.file("Sources/InflowCLI/Settings.swift"), encoding: .utf8)
        let keys = Set(source.matches(of: /forKey: "(inflow\.[a-z.]+)"/).map { String($0.output.1) })
        #expect(keys.count >= 5)
        for key in keys {
            let variable = key.uppercased().replacing(".", with: "_")
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(variable)` |") }
            #expect(row != nil, "\(variable)")
            // Where the folder is cannot be said in a file of that folder.
            if key != "inflow.home" { #expect(row?.contains("`\(key)`") == true, "\(key)") }
        }
    }

    @Test("The newest version of Changes.md is the version of the command")
    func version() throws {
        let versions = try page("Changes.md").matches(of: /(?m)^## ([0-9]+\.[0-9]+\.[0-9]+)/).map {
            String($0.output.1)
        }
        #expect(versions.first == Version.text)
    }

    private func page(_ name: String) throws -> String {
        try String(contentsOf: Checkout.file("Sources/Inflow/Inflow.docc/\(name)"), encoding: .utf8)
    }
}

/// A command that does something itself, with the options its help lists.
private struct Leaf {
    let name: String
    let options: [String]
    let help: String

    /// The commands below a command that have no subcommands, by their full names without `inflow`.
    static func all(of command: any ParsableCommand.Type, path: [String] = []) -> [Leaf] {
        let children = command.configuration.subcommands
        guard children.isEmpty else {
            return children.flatMap { all(of: $0, path: path + [$0._commandName]) }
        }
        let help = InflowCommand.helpMessage(for: command, columns: 400)
        let options = help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
            // Only the names, which stand before the summary.
            let names = line.drop { $0 == " " }.prefix(while: { $0 != "<" })
            let ends = names.firstRange(of: "  ")?.lowerBound ?? names.endIndex
            return names[..<ends].matches(of: /--[a-z][a-z-]*/).map { String($0.output) }
        }
        return [
            Leaf(
                name: path.joined(separator: " "), options: options.filter { !["--help", "--version"].contains($0) },
                help: help)
        ]
    }
}

/// The sections of a page below headings of one form.
private struct Sections {
    private let parts: [(heading: String, text: String)]

    var headings: [String] { parts.map(\.heading) }

    init(of page: String, heading: String) throws {
        let text = try String(contentsOf: Checkout.file("Sources/Inflow/Inflow.docc/\(page)"), encoding: .utf8)
        var parts: [(heading: String, text: String)] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(heading) {
                parts.append((String(line.dropFirst(heading.count)), ""))
                isInside = true
            } else if line.hasPrefix("#") {
                isInside = false
            }
            if isInside, !parts.isEmpty { parts[parts.count - 1].text += line + "\n" }
        }
        self.parts = parts
    }

    /// The text below the heading of a command, the heading included.
    func text(of command: String) -> String? {
        parts.first { Sections.fits($0.heading, command) }?.text
    }

    /// Whether a heading such as `sync NAME [ENTITY …]` is of a command: its words in small letters are the command's.
    static func fits(_ heading: String, _ command: String) -> Bool {
        let words = heading.split(separator: " ").prefix { $0.wholeMatch(of: /[a-z][a-z-]*/) != nil }
        return words.joined(separator: " ") == command
    }
}
