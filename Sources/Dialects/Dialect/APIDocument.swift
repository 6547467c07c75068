internal import CDocuments
public import HTTP
internal import Primitives
internal import Security

/// What tells a stranger how to write a client: the OpenAPI documents of docs/api, which are part of the executable.
///
/// Anybody may read them: whoever writes a client has no account yet.
public enum APIDocument {
    /// docs/api/chat.openapi.yaml
    public static let chat = document(roost_chat_openapi)
    /// docs/api/cosmos.openapi.yaml
    public static let cosmos = document(roost_cosmos_openapi)
    /// docs/api/dawchat.openapi.yaml
    public static let dawchat = document(roost_dawchat_openapi)
    /// docs/api/gale.openapi.yaml
    public static let gale = document(roost_gale_openapi)
    /// docs/api/reileta.openapi.yaml
    public static let reileta = document(roost_reileta_openapi)
    /// docs/icon.png, which stands for the server where it has no picture of its own.
    public static let icon = document(roost_icon, contentType: "image/png")

    private static func document(_ document: roost_document, contentType: String = "application/yaml") -> StaticDocument {
        let bytes = Array(UnsafeBufferPointer(start: document.bytes, count: document.count))
        return StaticDocument(bytes, contentType: contentType, entityTag: EntityTag(Hex.encode(SHA256.hash(bytes))))
    }
}
