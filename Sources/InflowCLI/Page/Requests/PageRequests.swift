import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Raw answers of the platform: from the archive, and one asked for now.
struct PageRequests: RequestService {
    let wiring: Wiring

    private static let most = 256 << 10

    func answers(of name: String, entity: String?, before: Int64?, limit: Int) async throws -> RequestFacts {
        try await forPage {
            let connection = try await wiring.connection(name)
            let found = try await ArchiveStore(wiring.warehouse, connection).latest(
                entity, before: before, limit: limit)
            let usage = try? await QuotaUsage.read(wiring.warehouse, WorkflowMax.platform, connection.settings)
            return RequestFacts(
                zone: connection.settings.timeZone, entities: WorkflowMax.entities.map(\.name),
                askable: WorkflowMax.entities.filter { $0.get != nil }.map(\.name),
                answers: found.map { entity, answer in
                    RequestFacts.Answer(
                        id: answer.id, run: answer.run, entity: entity, asked: answer.request.asked,
                        askedAt: answer.askedAt, bytes: answer.bodyBytes)
                }, callsLeft: usage?.leftToday, isArchiving: connection.settings.archive)
        }
    }

    func body(_ number: Int64, of name: String) async throws -> AnswerBody {
        try await forPage {
            let connection = try await wiring.connection(name)
            let archive = ArchiveStore(wiring.warehouse, connection)
            guard let answer = try await archive.find(number) else {
                throw PageProblem(
                    .notFound, "\(name) has no archived answer \(number)", "It may have been forgotten since.",
                    remedy: .init("Requests", "/connections/\(name.pathPart)/requests"))
            }
            do {
                let text = try await ArchivedText.read(answer, from: archive, atMost: Self.most)
                await archive.close()
                return AnswerBody(
                    title: "Answer \(number): \(answer.request.asked)",
                    text: String(decoding: text.bytes, as: UTF8.self),
                    isCut: text.isCut)
            } catch {
                await archive.close()
                throw error
            }
        }
    }

    func ask(_ entity: String, key: String, of name: String, by doer: Doer) async throws -> AnswerBody {
        try await forPage {
            let connection = try await wiring.connection(name)
            try connection.checkReadable()
            let entity = try findEntity(entity)
            let source = try await wiring.vault.source(connection)
            try await wiring.audit(.liveRequestMade, by: doer, connection, subject: "\(entity.name) \(key)")
            let (bytes, isCut) = try await source.answer(to: entity, key: key, atMost: Self.most)
            return AnswerBody(
                title: "\(entity.name) \(key), as WorkflowMax has it now", text: String(decoding: bytes, as: UTF8.self),
                isCut: isCut)
        }
    }
}
