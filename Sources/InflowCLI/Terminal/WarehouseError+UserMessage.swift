import Inflow
import Warehouse

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
