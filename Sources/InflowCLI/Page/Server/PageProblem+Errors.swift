import ConnectionPage
import Inflow
import Sync
import Warehouse

extension PageProblem {
    /// What a person sees of an error of the warehouse or the platform: its fixed words and its remedy.
    ///
    /// The detail may hold values of another connection, so it goes to the log and not to the page.
    init(_ error: WarehouseError) {
        switch error.code {
        case .unreachable, .unfitServer:
            self.init(
                .unavailable, "The warehouse does not answer",
                "\(error.message) Nothing was changed. \(error.remedy ?? "The page works again when the server does.")")
        case .unknownConnection:
            self.init(.notFound, "There is no such connection", error.message)
        case .unknownAccount:
            self.init(.notFound, "There is none of that name or number", error.message)
        case .accountExists, .lastAdmin:
            self.init(.conflict, "That cannot be done", error.message)
        case .busy:
            self.init(.conflict, "Something else is under way", "\(error.message) \(error.remedy ?? "")")
        default:
            self.init(.fault, "The warehouse refused", "\(error.message) \(error.remedy ?? "")")
        }
    }

    /// What a person sees of something that a command would print.
    init(_ error: UserError) {
        self.init(.invalid, "That cannot be done", error.description)
    }

    /// What a person sees of an error of the platform.
    init(_ error: SourceError) {
        self.init(.unavailable, "WorkflowMax did not do it", error.message)
    }
}

/// Runs the work of a page and turns each error into what a person sees.
func forPage<T: Sendable>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch let problem as PageProblem {
        throw problem
    } catch let error as WarehouseError {
        throw PageProblem(error)
    } catch let error as SourceError {
        throw PageProblem(error)
    } catch let error as UserError {
        throw PageProblem(error)
    } catch let error as RunPlan.Refusal {
        throw PageProblem(.invalid, "That cannot be read", error.description)
    } catch let error as Anchor.Refusal {
        throw PageProblem(.invalid, "That is no time of day", error.description)
    }
}
