public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// One-time links, by which the first person enters while there is no user; a link is good for one browser.
///
/// Whoever has the link may do everything. So it ends with its first use, after its time, and with the first user; and
/// the sessions of links end with the first user too.
public struct OneTimeLinkStore: Sendable {
    private let warehouse: Warehouse
    private let life: SessionLife

    /// The links of a warehouse; their sessions last as long as `life` says.
    public init(_ warehouse: Warehouse, life: SessionLife = .standard) {
        self.warehouse = warehouse
        self.life = life
    }

    /// Makes a link that is good for some seconds; what it holds is shown here only.
    ///
    /// `nil` where there is a user: then people sign in.
    public func make(for seconds: TimeInterval = 86_400) async throws(WarehouseError) -> String? {
        let token = PageToken.make()
        let made = try await warehouse.query(
            """
            insert into inflow.page_link (token_hash, expires_at)
            select $1, now() + make_interval(secs => $2) where not exists (select from inflow.page_user)
            """, [.bytes(PageToken.hash(token)), .double(seconds)], purpose: "page", doing: "making a one-time link")
        return made.affectedRows > 0 ? token : nil
    }

    /// Begins the session of the browser that comes first with a link.
    ///
    /// `nil` where the link is unknown, used or too old, or where there is a user.
    public func use(
        _ link: String, address: String, userAgent: String
    ) async throws(WarehouseError) -> NewPageSession? {
        let token = PageToken.make()
        let parameters: [PostgresParameter] = [
            .bytes(PageToken.hash(link)), .bytes(PageToken.hash(token)), .double(life.absolute),
            .text(PageToken.kept(address, most: 100)), .text(PageToken.kept(userAgent, most: 200)),
        ]
        let session = try await warehouse.transaction(purpose: "sign-in", doing: "using a one-time link") {
            session throws(PostgresError) -> PageSession? in
            guard let row = try session.query(Statements.pageLinkUse, parameters).first else { return nil }
            let begun = try PageSession(row, token: token, user: nil)
            try AuditLog.write(AuditEntry(.linkUsed, by: Doer(begun.actor, from: address)), session)
            return begun
        }
        return session.map { NewPageSession(token: token, session: $0) }
    }
}
