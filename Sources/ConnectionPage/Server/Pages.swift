internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import Mustache
internal import NIOCore

/// Makes pages of templates; the templates escape every value.
struct Pages: Sendable {
    private let library: MustacheLibrary
    private let version: String

    /// Reads the templates, which lie in the program.
    init(version: String) throws {
        library = MustacheLibrary(templates: try embeddedTemplates.mapValues { try MustacheTemplate(string: $0) })
        self.version = version
    }

    /// What each template sees; `content` is the page's own.
    private struct Frame {
        let title: String
        let version: String
        let visitor: VisitorView?
        let formToken: String
        let notice: String?
        let connection: ConnectionFrame?
        let isAdmin: Bool
        let content: Any
    }

    private struct VisitorView {
        let name: String
        let role: String
        let isUser: Bool
    }

    private struct ConnectionFrame {
        let name: String
        let address: String
        let groups: [TabGroup]
    }

    private struct TabGroup {
        let words: String
        let tabs: [TabView]
    }

    private struct TabView {
        let words: String
        let address: String
        let isCurrent: Bool
    }

    /// A whole page for a visitor.
    func page(
        _ template: String, title: String, _ content: Any, for asked: PageRequest? = nil, tab: PageTab? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let visitor = asked?.visitor
        let frame = Frame(
            title: title, version: version,
            visitor: visitor.map { VisitorView(name: $0.name, role: $0.role, isUser: $0.isUser) },
            formToken: visitor?.formToken ?? "", notice: asked?.notice?.words,
            connection: asked?.connection.flatMap { name in tab.map { self.frame(name, $0, visitor) } },
            isAdmin: visitor?.may(.administer) ?? false, content: content)
        return Pages.html(try rendered(template, frame), status: status)
    }

    /// A part of a page, for an element that lives.
    func part(_ template: String, _ content: Any, formToken: String) throws -> String {
        struct PartFrame {
            let formToken: String
            let content: Any
        }
        return try rendered(template, PartFrame(formToken: formToken, content: content))
    }

    /// A placeholder in a part for the visitor's form token: random for each process, so no record's text contains it.
    static let anyFormToken = "form-token-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"

    /// A part that was made for many visitors, for one of them.
    static func signed(_ part: String, formToken: String) -> String {
        part.replacing(anyFormToken, with: formToken)
    }

    /// The page that stands in place of another.
    func problem(_ problem: PageProblem, _ request: Request) throws -> Response {
        struct Content {
            let words: String
            let remedyWords: String?
            let remedyAddress: String
        }
        let content = Content(
            words: problem.words, remedyWords: problem.remedy?.words, remedyAddress: problem.remedy?.address ?? "")
        return try page("problem", title: problem.title, content, status: problem.kind.status)
    }

    private func rendered(_ template: String, _ content: Any) throws -> String {
        guard let text = library.render(content, withTemplate: template) else {
            throw PageProblem(.fault, "Inflow could not make this page", "The template \"\(template)\" is missing.")
        }
        return text
    }

    private func frame(_ name: String, _ tab: PageTab, _ visitor: Visitor?) -> ConnectionFrame {
        let address = Address.connection(name)
        let groups = PageTab.groups.map { words, tabs in
            TabGroup(
                words: words,
                tabs: tabs.filter { visitor?.may($0.right, with: name) ?? false }.map {
                    TabView(words: $0.words, address: address + $0.path, isCurrent: $0 == tab)
                })
        }
        return ConnectionFrame(name: name, address: address, groups: groups.filter { !$0.tabs.isEmpty })
    }

    /// An answer that is HTML.
    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension PageProblem.Kind {
    /// The status of the answer.
    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .invalid: .unprocessableContent
        case .forbidden: .forbidden
        case .conflict: .conflict
        case .unavailable: .serviceUnavailable
        case .fault: .internalServerError
        }
    }
}
