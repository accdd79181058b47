import Foundation

/// Changes the database a libpq connection string names.
public enum TestURL {
    /// The same server, role and options, and another database.
    public static func replacingDatabase(of url: String, with database: String) throws -> String {
        guard url.contains("://") else {
            // Of two values for one key, libpq takes the last.
            return "\(url) dbname='\(database.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        }
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let options = rest.firstIndex(of: "?") ?? rest.endIndex
        let authority = rest[..<options].firstIndex(of: "/") ?? options
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let encoded = database.addingPercentEncoding(withAllowedCharacters: plain) ?? database
        return "\(url[..<authority])/\(encoded)\(rest[options...])"
    }
}
