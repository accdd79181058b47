internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// How connections stand, and when they are read.
extension APIRoutes {
    var connectionRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections", id: "listConnections",
                summary: "The connections that the token is for, and how they stand.",
                answer: .document(APIDocuments.connections)
            ) { asked in
                let cards = try await connections.cards(now: now()).filter { asked.visitor.may(.view, with: $0.name) }
                return try .json(APIDocuments.connections.document(cards))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}", id: "getConnection",
                summary: "A connection, its schedule, and what is left of its calls.",
                answer: .document(APIDocuments.overview)
            ) { asked in try .json(APIDocuments.overview.document(try await overview(asked))) },
            APIRoute(
                method: .get, path: "/connections/{connection}/counts", id: "getCounts",
                summary: "The rows of each entity, and how they changed in the last full run.",
                answer: .document(APIDocuments.counts)
            ) { asked in try .json(APIDocuments.counts.document(try await overview(asked).counts)) },
            APIRoute(
                method: .get, path: "/connections/{connection}/coverage", id: "getCoverage",
                summary: "Which months of which entity are complete, and why others are not.",
                question: [.text("entity", "Only this entity, by its name.")],
                answer: .document(APIDocuments.coverage)
            ) { asked in
                let facts = try await completeness.coverage(of: try asked.named())
                let entity = asked.question["entity"]
                if let entity, !facts.catalogue.contains(entity) {
                    throw APIProblem.invalid(
                        "There is no entity \"\(entity.prefix(60))\"",
                        "The entities are \(facts.catalogue.joined(separator: ", ")). Inflow did nothing.")
                }
                return try .json(
                    APIDocuments.coverage.document(facts.cells.filter { entity == nil || $0.entity == entity }))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/schedule", id: "getSchedule",
                summary: "When the connection is read every day.", answer: .document(APIDocuments.schedule)
            ) { asked in try .json(APIDocuments.schedule.document(try await overview(asked))) },
            APIRoute(
                method: .put, path: "/connections/{connection}/schedule", id: "changeSchedule",
                summary: "Changes when the connection is read; what the body leaves out stays as it is.",
                right: .operate,
                body: [
                    .flag("is_on", "Whether scheduled runs are wanted."),
                    .text("time", "The time of day, as in 08:00."),
                    .text("time_zone", "The IANA zone of that time, such as Pacific/Auckland."),
                    .flag("is_pinned", "Whether a Sync All leaves the time alone."),
                    .flag("is_paused", "Whether the connection is paused: no scheduled run begins."),
                ],
                answer: .document(APIDocuments.schedule)
            ) { try await changeSchedule($0) },
        ]
    }

    private func overview(_ asked: APIRequest) async throws -> ConnectionOverview {
        let name = try asked.named()
        return try await connections.overview(of: name, counted: try await connections.counts(of: name), now: now())
    }

    private func changeSchedule(_ asked: APIRequest) async throws -> Response {
        let name = try asked.named()
        let before = try await overview(asked)
        // Everything is read before anything is changed.
        let (isOn, isPinned, isPaused) = (
            try asked.flag("is_on"), try asked.flag("is_pinned"), try asked.flag("is_paused")
        )
        let (time, zone) = (try asked.text("time"), try asked.text("time_zone"))
        if zone != nil, time ?? before.time == nil {
            throw APIProblem.invalid(
                "\"time_zone\" needs a time", "There is no time of day yet: send \"time\" too. Nothing was changed.")
        }
        if isOn != nil || time != nil || zone != nil || isPinned != nil {
            let set = ScheduleChange.set(
                isOn: isOn ?? before.isOn, time: time ?? (zone == nil ? nil : before.time),
                zone: zone ?? before.timeZone, isPinned: isPinned ?? before.isPinned)
            try await connections.change(set, of: name, by: asked.doer)
        }
        if let isPaused, isPaused != (before.pausedAt != nil) {
            try await connections.change(isPaused ? .pause : .resume, of: name, by: asked.doer)
        }
        return try .json(APIDocuments.schedule.document(try await overview(asked)))
    }
}
