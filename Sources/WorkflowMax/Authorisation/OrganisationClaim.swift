internal import Foundation
internal import Inflow

/// The organisations an access token is good for, as the token itself says.
enum OrganisationClaim {
    private struct Claims: Decodable {
        let many: [String]
        let one: String?
        let names: [String]

        private enum CodingKeys: String, CodingKey {
            case many = "org_ids"
            case one = "org_id"
            case names = "org_names"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) -> String? {
                (try? fields.decode(String.self, forKey: key))
                    ?? (try? fields.decode(Int64.self, forKey: key)).map(String.init)
            }
            many =
                (try? fields.decode([String].self, forKey: .many))
                ?? (try? fields.decode([Int64].self, forKey: .many))?.map(String.init)
                ?? text(.many).map { [$0] } ?? []
            one = text(.one)
            names = (try? fields.decode([String].self, forKey: .names)) ?? []
        }
    }

    /// The claim `org_ids` of a JWT, or else `org_id`; empty when the token is none or says nothing.
    ///
    /// The names come from `org_names`, in the same order. The platform's documents do not mention that claim; where a
    /// token lacks it, or has another number of names, no organisation has a name.
    /// The signature is not verified: the answer only proposes an identifier to a person.
    static func organisations(in token: String) -> [Organisation] {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = bytes(ofBase64URL: parts[1]),
            let claims = try? JSONDecoder().decode(Claims.self, from: payload)
        else { return [] }
        let identifiers = claims.many.isEmpty ? claims.one.map { [$0] } ?? [] : claims.many
        let names = claims.names.count == identifiers.count ? claims.names : []
        return identifiers.enumerated().map { place, id in
            Organisation(id: id, name: names.isEmpty ? nil : names[place])
        }
    }

    private static func bytes(ofBase64URL text: Substring) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/").filter { $0 != "=" }
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
    }
}
