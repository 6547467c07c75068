import Testing

@testable import HTTP

/// The CORS protocol of the Fetch standard.
struct CORSTests {
    static func router(_ origins: CORSMiddleware.Origins) -> Router {
        var routes = RouteGroup()
        routes.group("/api") { group in
            group.use(
                CORSMiddleware(
                    origins: origins, methods: [.get, .post], headers: ["Authorization"], exposedHeaders: ["Link"], maximumAge: 60))
            group.get("/x") { _ in .text("x") }
        }
        return Router(routes)
    }

    static func fields(_ origins: CORSMiddleware.Origins, _ method: String, _ fields: [(String, String)], target: String = "/api/x")
        async throws
        -> (status: Int, headers: HTTPHeaders)
    {
        let response = try await router(origins).respond(to: try Requests.make(method, target, fields))
        return (response.status.code, response.headers)
    }

    static let preflight = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "POST")]

    @Test func aPreflightIsAnswered204WhateverThePath() async throws {
        for target in ["/api/x", "/api/none"] {
            let (status, headers) = try await Self.fields(.any, "OPTIONS", Self.preflight, target: target)
            #expect(status == 204)
            #expect(headers[first: "access-control-allow-origin"] == "*")
            #expect(headers[first: "access-control-allow-methods"] == "GET, POST")
            #expect(headers[first: "access-control-allow-headers"] == "Authorization")
            #expect(headers[first: "access-control-max-age"] == "60")
            #expect(headers[first: "access-control-allow-credentials"] == nil)
        }
    }

    @Test func otherAnswersCarryTheOriginToo() async throws {
        for (method, target, expected) in [
            ("GET", "/api/x", 200), ("GET", "/api/none", 404), ("POST", "/api/x", 405), ("OPTIONS", "/api/x", 204),
        ] {
            let (status, headers) = try await Self.fields(.any, method, [("Origin", "https://a.example")], target: target)
            #expect(status == expected)
            #expect(headers[first: "access-control-allow-origin"] == "*")
            #expect(headers[first: "access-control-expose-headers"] == "Link")
            #expect(headers[first: "access-control-allow-methods"] == nil)
        }
    }

    @Test func onlyListedOriginsMayUseCookies() async throws {
        let listed = CORSMiddleware.Origins.listed(["https://a.example"])
        let allowed = try await Self.fields(listed, "OPTIONS", Self.preflight).headers
        #expect(allowed[first: "access-control-allow-origin"] == "https://a.example")
        #expect(allowed[first: "access-control-allow-credentials"] == "true")
        #expect(allowed[first: "vary"] == "Origin")
        for origin in ["https://b.example", "https://a.example.evil", "http://a.example", "null"] {
            let (status, refused) = try await Self.fields(listed, "OPTIONS", [("Origin", origin), Self.preflight[1]])
            #expect(status == 204)
            #expect(refused[first: "access-control-allow-origin"] == nil)
            #expect(refused[first: "access-control-allow-methods"] == nil)
            #expect(refused[first: "vary"] == "Origin")
        }
    }
}
