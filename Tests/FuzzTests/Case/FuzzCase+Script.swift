import Inflow
import WorkflowMax

extension FuzzCase {
    /// The plan that asks for the case's body.
    var plan: RunPlan {
        RunPlan(
            trigger: .targeted, scope: "a fuzzed answer",
            parts: [RunPlan.Part(entity: template.entity, chunks: [template.chunk])], known: WorkflowMax.entities)
    }

    /// What the server answers: the body to the request that the case is about, and an empty page to further pages.
    var script: FuzzServer.Script {
        { [self] target, request, _, before in
            if let token {
                if target.hasPrefix("/oauth/") {
                    var answer = Dressing()
                    answer.status = token.status
                    return FuzzServer.Reply(bytes: answer.bytes(of: Array(token.body.utf8), to: request))
                }
                guard request.contains("Bearer \(token.access)\r\n") else {
                    return FuzzServer.Reply(bytes: Dressing.denied.bytes(of: [], to: request))
                }
            }
            if before < dressing.failures {
                return FuzzServer.Reply(bytes: Array("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".utf8))
            }
            if target.contains("page="), !target.contains("page=1&"), !target.hasSuffix("page=1") {
                return FuzzServer.Reply(
                    bytes: Dressing().bytes(of: Array("<Response><Status>OK</Status></Response>".utf8), to: request))
            }
            var bytes = dressing.bytes(of: body, to: request)
            if let cutAt = dressing.cutAt { bytes = Array(bytes.prefix(cutAt)) }
            return FuzzServer.Reply(bytes: bytes, isReset: dressing.isReset)
        }
    }
}
