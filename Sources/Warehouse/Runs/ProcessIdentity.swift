internal import Foundation

/// The name by which other processes know this one.
public enum ProcessIdentity {
    /// The name of this process, such as `host, process 1234`.
    public static let current =
        "\(ProcessInfo.processInfo.hostName), process \(ProcessInfo.processInfo.processIdentifier)"

    /// Eight hexadecimal digits, made up when the process began: its sessions at the server carry them in their names.
    static let tag: String = {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }()

    /// The machine of a holder.
    public static func host(of holder: String) -> String {
        holder.components(separatedBy: ", process ").first ?? holder
    }

    /// Whether a holder was a process of this machine that no longer lives; false where that cannot be known.
    static func isGone(_ holder: String) -> Bool {
        let parts = holder.components(separatedBy: ", process ")
        guard parts.count == 2, parts[0] == host(of: current), let number = Int32(parts[1]), number > 0 else {
            return false
        }
        return kill(number, 0) != 0 && errno == ESRCH
    }
}
