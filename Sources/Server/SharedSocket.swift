internal import Chat
internal import HTTP
internal import Reileta

/// The address of two sockets, `/api/ws` (DESIGN section 8): what a request says decides, and where it says nothing the first message does.
struct SharedSocket: Sendable {
    static let path = "/api/ws"

    let chat: ChatDialect?
    let reileta: ReiletaDialect?

    func mount(on routes: inout RouteGroup) {
        guard chat != nil || reileta != nil else { return }
        // A group of its own: it is neither's alone, and other methods are answered plainly.
        routes.group(Self.path) { $0.get("", upgrade) }
    }

    @Sendable private func upgrade(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let chat, let reileta else {
            if let reileta { return try await reileta.upgrade(request) }
            return try await chat?.upgrade(request, diversion: nil) ?? .text("Not found\n", status: .notFound)
        }
        guard !ReiletaDialect.expectsSocket(request) else { return try await reileta.upgrade(request) }
        guard !ChatDialect.expectsSocket(request) else { return try await chat.upgrade(request) }
        guard !ReiletaDialect.mayExpectSocket(request) else { return try await reileta.upgrade(request) }
        let hello = reileta.hello(of: request)
        let diversion = SocketDiversion(messageLimit: ReiletaGateway.messageLimit) { socket, first in
            guard reileta.gateway.refusal(for: hello.network) == nil else { return false }
            return reileta.adopt(socket, first: first, hello)
        }
        return try await chat.upgrade(request, diversion: diversion)
    }
}
