import HTTPTypes
import Hummingbird
import NIOCore

/// The answers of faults that never look at the rows.
struct FaultAnswers: Sendable {
    /// The parts of the call that some answers repeat.
    let parts: RequestParts
    /// The platform's time in seconds since 1970.
    let now: Double

    static let problemName = HTTPField.Name("X-Rate-Limit-Problem") ?? .from
    static let dayName = HTTPField.Name("X-DayLimit-Remaining") ?? .from

    /// The error envelope of the platform; an empty `status` leaves the element out.
    static func error(_ text: String, status: String = "ERROR") -> String {
        var writer = XMLWriter(spelling: SandboxSpelling())
        writer.escape(text)
        let words = String(decoding: writer.bytes, as: UTF8.self)
        let element = status.isEmpty ? "" : "<Status>\(status)</Status>"
        return "<Response>\(element)<ErrorDescription>\(words)</ErrorDescription></Response>"
    }

    /// A response with this status and an XML body, sent as it is.
    static func xml(_ status: Int, _ body: String) -> Response {
        .text(.init(code: status), body, type: "application/xml")
    }

    /// The answer of the fault; nil for kinds that spoil the rows instead.
    func answer(_ fault: Fault) -> Response? {
        if var response = plain(fault) ?? error(fault) ?? envelope(fault) {
            for (name, value) in fault.headers { HTTPField.Name(name).map { response.headers[$0] = value } }
            return response
        }
        return nil
    }

    /// Faults that are a status line, most of them without the platform's envelope.
    private func plain(_ fault: Fault) -> Response? {
        switch fault.kind {
        case .status403: return .text(.forbidden, #"{"message":"You may not."}"#)
        case .status500: return FaultAnswers.xml(500, FaultAnswers.error("Something went wrong."))
        case .status503: return retrying(.serviceUnavailable, fault)
        case .html502:
            return .text(.badGateway, "<html><body><h1>502 Bad Gateway</h1></body></html>", type: "text/html")
        case .status429: return retrying(.tooManyRequests, fault)
        case .quotaEnds: return quotaEnded(fault)
        case .emptyBody: return FaultAnswers.xml(200, "")
        case .noRoute: return .text(.init(code: fault.status ?? 404), #"{"message":"no Route matched"}"#)
        case .empty404: return Response(status: .notFound)
        case .forbidden: return json(fault.status ?? fault.kind.status, words(fault, denied))
        case .answer:
            return .text(.init(code: fault.status ?? 200), filled(fault.body), type: "application/xml")
        default: return nil
        }
    }

    /// Faults in the platform's error envelope.
    private func error(_ fault: Fault) -> Response? {
        let status = fault.status ?? fault.kind.status
        let spelling = fault.spelling ?? "ERROR"
        switch fault.kind {
        case .errorStatus:
            return FaultAnswers.xml(status, FaultAnswers.error(words(fault, "Sorry, something unexpected happened.")))
        case .genericError:
            return FaultAnswers.xml(
                status, FaultAnswers.error(words(fault, "An unknown error has occurred"), status: spelling))
        case .errorDescription:
            return FaultAnswers.xml(status, FaultAnswers.error(words(fault, "down for maintenance"), status: ""))
        case .forbiddenXML:
            return FaultAnswers.xml(status, FaultAnswers.error(words(fault, denied), status: spelling))
        case .nulError:
            let text = words(fault, "The server has no words for this.")
            return FaultAnswers.xml(status, FaultAnswers.error("A\0\0B", status: spelling) + "\0\(text)\0")
        default: return nil
        }
    }

    /// Faults in an envelope that says nothing.
    private func envelope(_ fault: Fault) -> Response? {
        let status = fault.status ?? 200
        switch fault.kind {
        case .bareOK: return FaultAnswers.xml(status, "<Response><Status>OK</Status></Response>")
        case .statusAttribute: return FaultAnswers.xml(status, #"<Response status="\#(fault.text ?? "ERROR")"/>"#)
        case .emptyResponse: return FaultAnswers.xml(status, "<Response/>")
        case .emptyContainer:
            let body = "<Response><Status>OK</Status><\(container)/></Response>"
            return FaultAnswers.xml(status, body)
        default: return nil
        }
    }

    private func retrying(_ status: HTTPResponse.Status, _ fault: Fault) -> Response {
        var headers = HTTPFields()
        if let text = fault.retryAfterText(now: now) { headers[.retryAfter] = text }
        if let problem = fault.problem { headers[FaultAnswers.problemName] = problem }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer()))
    }

    /// The refusal of a day whose quota has ended: come again after the next midnight.
    private func quotaEnded(_ fault: Fault) -> Response {
        var headers = HTTPFields()
        headers[.retryAfter] = "\(max(1, Int(((fault.until ?? now) - now).rounded(.up))))"
        headers[FaultAnswers.problemName] = "day"
        headers[FaultAnswers.dayName] = "0"
        return Response(status: .tooManyRequests, headers: headers)
    }

    private func json(_ status: Int, _ message: String) -> Response? {
        try? .json(["message": message], status: .init(code: status))
    }

    // MARK: words

    private let denied = "Lead Manager is not enabled"

    private func words(_ fault: Fault, _ usual: String) -> String {
        filled(fault.text ?? usual)
    }

    private func filled(_ text: String) -> String {
        text.replacing("{identifier}", with: parts.path.last ?? "")
    }

    /// The container of the endpoint's list.
    private var container: String {
        let path = parts.path.map { $0.lowercased() }.drop { !$0.hasSuffix(".api") }
        let verb = path.dropFirst().first ?? ""
        if parts.path.last?.lowercased() == "customfield" { return "CustomFields" }
        switch (path.first ?? "", verb) {
        case ("job.api", "costs"): return "Costs"
        case ("job.api", "tasks"): return "Tasks"
        case ("invoice.api", "payments"): return "Payments"
        case ("lead.api", "categories"): return "Categories"
        case ("job.api", _): return "Jobs"
        case ("time.api", _): return "Times"
        case ("invoice.api", _): return "Invoices"
        case ("quote.api", _): return "Quotes"
        case ("purchaseorder.api", _): return "PurchaseOrders"
        case ("lead.api", _): return "Leads"
        case ("client.api", _): return "Clients"
        case ("clientgroup.api", _): return "Groups"
        case ("supplier.api", _): return "Suppliers"
        case ("staff.api", _): return "StaffList"
        case ("category.api", _): return "Categories"
        case ("template.api", _): return "Templates"
        case ("task.api", _): return "TaskList"
        case ("cost.api", _): return "Costs"
        case ("customfield.api", _): return "CustomFieldDefinitions"
        default: return "Items"
        }
    }
}

extension FaultKind {
    /// The HTTP status of an error when the fault names none.
    var status: Int {
        switch self {
        case .forbidden, .forbiddenXML: 403
        case .nulError: 500
        case .invalidGrant: 400
        case .grantedStatus: 201
        default: 200
        }
    }
}
