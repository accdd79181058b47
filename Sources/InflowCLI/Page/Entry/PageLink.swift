import Foundation

/// The address that opens the page once, in the browser of whoever sees it first.
enum PageLink {
    /// Seconds for which a link is good: an hour.
    static let life: TimeInterval = 3_600

    /// The whole address: the server's, and the link's secret.
    static func url(_ server: String, _ link: String) -> String { "\(server)/enter?link=\(link)" }
}
