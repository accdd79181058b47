internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The stylesheet, the script and the icon: the same for everyone, and kept by the browser until Inflow changes.
enum AssetRoutes {
    static func register(_ router: Router<PageContext>) {
        for (name, text) in embeddedAssets {
            guard let type = types[name.split(separator: ".").last.map(String.init) ?? ""] else { continue }
            router.get("assets/\(name)") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        }
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]
}
