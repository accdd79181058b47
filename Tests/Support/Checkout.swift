public import Foundation

/// The checkout the tests were built from.
public enum Checkout {
    /// Its top folder, which holds `Package.swift`.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or folder by its path from the top.
    public static func file(_ path: String) -> URL { root.appending(path: path) }
}
