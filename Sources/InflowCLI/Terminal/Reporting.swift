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
    } catch let error as ReportQuery.Refusal {
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

private func exitCode(_ error: SourceError) -> Int32 {
    switch RecoveryPolicy.recovery(for: .source(error)) {
    case .retry, .retryOnce, .failChunk, .failEntity, .failRun: 1
    case .stopForQuota, .postpone: 4
    case .waitForPerson: 5
    case .interrupted: 130
    }
}
