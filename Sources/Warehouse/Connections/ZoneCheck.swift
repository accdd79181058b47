public import Foundation
public import Inflow
internal import Postgres

/// Whether a time zone means the same to this machine and to the database.
///
/// Inflow counts days by Foundation's rules and the reporting views by PostgreSQL's. The two do not know the same
/// names, and some names mean opposite things: `GMT+13` is thirteen hours east for Foundation and, by POSIX, thirteen
/// hours west for PostgreSQL. So a zone is used only if PostgreSQL lists its name and both give the same offset on
/// every first of a month over eleven years.
public struct ZoneCheck: Sendable {
    private let warehouse: Warehouse

    /// A check against the database of a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Checks the zone of a connection; `now` is in the middle of the years that are compared.
    ///
    /// - Throws: `unusable_zone`, in words that name the zone and what is wrong with it.
    public func check(_ zone: TimeZone, of name: String, now: Instant = Date()) async throws(WarehouseError) {
        let moments = (-66...66).map { now.addingTimeInterval(Double($0) * 30.436875 * 86_400) }
        let rows = try await warehouse.query(
            """
            select m.second, extract(epoch from to_timestamp(m.second) at time zone z.name)::bigint - m.second as east
            from pg_timezone_names z
            cross join unnest($2::bigint[]) m (second)
            where z.name = $1
            """,
            [.text(zone.identifier), .int64Array(moments.map { Int64($0.timeIntervalSince1970) })],
            purpose: "time zone", doing: "comparing time zone \(zone.identifier)"
        ) { row throws(PostgresError) in (second: try row.int64("second"), east: try row.int("east")) }
        guard !rows.isEmpty else {
            throw unusable(zone, name, "the database does not know it by that name")
        }
        let other = rows.first {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.second))) != $0.east
        }
        guard let other else { return }
        let day = LocalDate(Date(timeIntervalSince1970: Double(other.second)), in: .gmt)
        throw unusable(zone, name, "this machine and the database do not agree on its offset on \(day)")
    }

    private func unusable(_ zone: TimeZone, _ name: String, _ why: String) -> WarehouseError {
        WarehouseError(
            .unusableZone, subject: name,
            message:
                "Time zone \"\(zone.identifier)\" cannot be used for \"\(name)\": \(why). Nothing was changed. Give a "
                + "name of the IANA list, such as Pacific/Auckland; if it is one, update the time zone data of this "
                + "machine and of the database server.")
    }
}
