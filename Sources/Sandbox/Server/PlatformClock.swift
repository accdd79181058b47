import Foundation
import NIOCore

/// The platform's own clock: right, shifted, or standing still.
struct PlatformClock: Sendable {
    /// Seconds it is ahead of the sandbox's clock.
    var shift = 0.0
    /// The instant it stands still at, in seconds since 1970.
    var fixed: Double?

    /// Whether it shows another time than the machine.
    var isOwn: Bool { shift != 0 || fixed != nil }

    /// The platform's time when the sandbox's clock shows `now`.
    func now(_ now: Double) -> Double { (fixed ?? now) + shift }

    /// An instant as the `Date` header has it (RFC 9110, 5.6.7).
    static func header(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.down))
        let day = LocalDay(whole / 86_400)
        let clock = whole % 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let (year, month, date) = day.civil
        return "\(days[day.weekday]), \(two(date)) \(months[month - 1]) \(year) "
            + "\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60)) GMT"
    }
}

/// Writes the platform's time into the `Date` header of answers on their way out, over the machine's.
final class DateWriter: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let state: SandboxState

    init(_ state: SandboxState) { self.state = state }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(let buffer) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        context.write(wrapOutboundOut(.byteBuffer(redated(buffer))), promise: promise)
    }

    private func redated(_ buffer: ByteBuffer) -> ByteBuffer {
        let bytes = buffer.readableBytesView
        guard bytes.starts(with: Array("HTTP/1.".utf8)) else { return buffer }
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        for line in lines {
            guard line.count > 1 else { return buffer }
            guard line.count > 6, String(decoding: line.prefix(6), as: UTF8.self).lowercased() == "date: " else {
                continue
            }
            // Always as long as what stands there.
            let date = Array(PlatformClock.header(state.platformNow).utf8)
            guard line.count == 6 + date.count + 1 else { return buffer }
            var buffer = buffer
            buffer.setBytes(date, at: line.startIndex + 6)
            return buffer
        }
        return buffer
    }
}
