import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

/// The JSON document of a command that failed.
private struct FailureDocument: Encodable {
    struct Failure: Encodable {
        let message: String
        let exitCode: Int32
    }
    let error: Failure
}

/// Runs the work of a command; prints an error as text or JSON and throws its exit code.
func reporting(json: Bool = false, _ body: () async throws -> Void) async throws {
    let fault: UserError
    do {
        try await body()
        return
    } catch let error as UserError {
        fault = error
    } catch let error as WarehouseError {
        fault = UserError(
            error.userMessage,
            exitCode: error.code == .cancelled ? 130 : error.code == .notAuthorised ? 5 : 1)
    } catch let error as SourceError {
        fault = UserError(error.debugDescription, exitCode: exitCode(error))
    } catch let error as RunPlan.Refusal {
        fault = UserError(error.description, exitCode: 64)
    } catch is CancellationError {
        fault = UserError("Interrupted.", exitCode: 130)
    } catch let error as ExitCode {
        throw error
    } catch {
        fault = UserError(String(describing: error))
    }
    if json {
        try Console.json(FailureDocument(error: .init(message: fault.description, exitCode: fault.exitCode)))
    } else {
        Console.note(fault.description)
    }
    throw ExitCode(fault.exitCode)
}

extension WarehouseError {
    /// The message for the person who gave the command, with PostgreSQL's own message and a remedy on the same line.
    var userMessage: String {
        let said = detail.map { detail in
            detail.split(whereSeparator: \.isNewline).map { $0.trimmed }
                .joined(separator: " ")
        }
        guard code == .unreachable else {
            let what = said.map { "\(message): \($0)" } ?? message
            return remedy.map { "\(what)\(what.hasSuffix(".") ? "" : ".") \($0)" } ?? what
        }
        return "Inflow cannot use the warehouse. Check INFLOW_DATABASE_URL and the server: \(said ?? message)"
    }
}

private func exitCode(_ error: SourceError) -> Int32 {
    switch RecoveryPolicy.recovery(for: .source(error)) {
    case .retry, .retryOnce, .failChunk, .failRun: 1
    case .stopForQuota, .postpone: 4
    case .waitForPerson: 5
    case .interrupted: 130
    }
}
