internal import CDocuments
internal import HTTP
internal import Primitives
internal import Security

/// What tells a stranger how to write a client. Anybody may read it: whoever writes one has no account yet.
struct DocumentRoutes {
    /// docs/api/chat.openapi.yaml, which is part of the executable.
    private static let openAPI: StaticDocument = {
        let document = roost_chat_openapi
        let bytes = Array(UnsafeBufferPointer(start: document.bytes, count: document.count))
        return StaticDocument(bytes, contentType: "application/yaml", entityTag: EntityTag(Hex.encode(SHA256.hash(bytes))))
    }()

    func mount(on router: inout RouteGroup) {
        router.get("/openapi.yaml", Self.openAPI.handler)
    }
}
