public import Foundation

/// What one pull reads and one transaction commits; the unit of retry and of checkpoint.
public enum Chunk: Sendable, Hashable {
    /// A dated span of a list.
    case span(Window)
    /// What changed since an instant.
    case since(Instant)
    /// All still-open documents of one list.
    case sweep(Endpoint)
    /// A list without a filter.
    case whole
    /// Records or values by the key of each parent.
    case parents([String])
}

extension Chunk: CustomStringConvertible {
    /// The chunk as the run log shows it.
    public var description: String {
        switch self {
        case .span(let window): window.description
        case .since(let instant): "since \(instant.formatted(.iso8601))"
        case .sweep(let endpoint): "sweep of \(endpoint.path)"
        case .whole: "whole"
        case .parents(let keys): "\(keys.count) by key"
        }
    }
}
