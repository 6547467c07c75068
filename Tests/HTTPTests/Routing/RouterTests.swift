import Synchronization
import Testing

@testable import HTTP

/// Adds its name to the answer, on the way out.
private struct Mark: Middleware {
    let name: String
    func handle(_ request: HTTPRequest, next: Handler) async throws -> HTTPResponse {
        var response = try await next(request)
        response.headers.add("Mark", name)
        return response
    }
}

/// Which handler answers a request, with what parameters.
struct RouterTests {
    static func text(_ name: String, _ parameters: String...) -> Handler {
        { request in .text(([name] + parameters.map { "\($0)=\(request.parameters[$0] ?? "nil")" }).joined(separator: " ")) }
    }

    static let router: Router = {
        var routes = RouteGroup()
        routes.get("/", text("root"))
        routes.get("/users/me", text("me"))
        routes.get("/users/:user", text("user", "user"))
        routes.delete("/users/:id", text("delete", "id", "user"))
        routes.get("/users/:owner/keys/:key", text("key", "owner", "key"))
        routes.get("/users/me/keys", text("my keys"))
        routes.get("/files/*path", text("file", "path"))
        routes.get("/files/index", text("index"))
        routes.get("/a/:x/c", text("a?c", "x"))
        routes.get("/ending/:x/", text("ending", "x"))
        routes.get("/ending/fixed", text("fixed"))
        routes.get("/a/b/d", text("abd"))
        routes.on(.head, "/a/b/d", text("own head"))
        routes.on(.options, "/own", text("own options"))
        return Router(routes)
    }()

    static func answer(_ method: String, _ target: String, of router: Router = router) async throws -> (
        status: Int, text: String, HTTPResponse
    ) {
        let response = try await router.respond(to: try Requests.make(method, target))
        guard case .bytes(let bytes) = response.body else { return (response.status.code, "", response) }
        return (response.status.code, String(decoding: bytes, as: UTF8.self), response)
    }

    static let found: [(target: String, answer: String)] = [
        ("/", "root"), ("/?a=/users/me", "root"), ("/users/me", "me"), ("/users/you", "user user=you"),
        // An escape is decoded after the path has been cut: %2F is part of its segment.
        ("/users/a%2Fb", "user user=a/b"), ("/users/%6De", "me"), ("/users/%C3%A9%20x", "user user=\u{e9} x"),
        ("/users/a+b", "user user=a+b"),
        // Fixed text goes first, and gives way when it leads nowhere.
        ("/users/me/keys", "my keys"), ("/users/me/keys/k", "key owner=me key=k"), ("/a/b/c", "a?c x=b"), ("/a/b/d", "abd"),
        // A slash at the end is a segment of its own, which is empty.
        ("/ending/a/", "ending x=a"), ("/ending/fixed", "fixed"), ("/ending/fixed/", "ending x=fixed"),
        ("/files/index", "index"), ("/files/a/b%20c/d", "file path=a/b c/d"), ("/files/index/x", "file path=index/x"),
        // Broken escapes and what is not UTF-8 come as they were sent: whoever looks the name up says that there is none.
        ("/users/%", "user user=%"), ("/users/%4", "user user=%4"), ("/users/%zz", "user user=%zz"), ("/users/%ff", "user user=%ff"),
        ("/files/", "file path="),
        ("/files/a/", "file path=a/"), ("/files/...", "file path=..."),
    ]

    @Test(arguments: found) func isFound(_ row: (target: String, answer: String)) async throws {
        let answer = try await Self.answer("GET", row.target)
        #expect(answer.status == 200)
        #expect(answer.text == row.answer)
    }

    static let missing = [
        "/users", "/users/", "/users//keys/k", "/users/me/", "/Users/me", "//", "//users/me", "/a/x/d", "/files",
        // Broken escapes and what is not UTF-8 are no files.
        "/files/%zz", "/files/%ff",
        // Nothing that a file system reads differently gets through to a handler of files.
        "/files/../secret", "/files/a/%2e%2E/b", "/files/.", "/files/a%2Fb", "/files/a%00b", "/files/a//b", "/files//etc/passwd",
    ]

    @Test(arguments: missing) func isNotFound(_ target: String) async throws {
        #expect(try await Self.answer("GET", target).status == 404)
    }

    /// Two methods of one path may name its parameters differently.
    @Test func parametersHaveTheNamesOfTheirOwnRoute() async throws {
        #expect(try await Self.answer("DELETE", "/users/7").text == "delete id=7 user=nil")
    }

    /// RFC 9110 15.5.6: 405 names what the resource takes.
    @Test func aWrongMethodIsToldTheRightOnes() async throws {
        let (status, _, response) = try await Self.answer("POST", "/users/7")
        #expect(status == 405)
        #expect(response.headers[first: "Allow"] == "DELETE, GET, HEAD, OPTIONS")
        #expect(try await Self.answer("get", "/users/7").status == 405)
    }

    /// RFC 9110 9.3.2 and 9.3.7.
    @Test func headAndOptionsComeByThemselves() async throws {
        #expect(try await Self.answer("HEAD", "/users/7").text == "user user=7")
        #expect(try await Self.answer("HEAD", "/a/b/d").text == "own head")
        let (status, _, response) = try await Self.answer("OPTIONS", "/users/me/keys")
        #expect(status == 204)
        #expect(response.headers[first: "Allow"] == "GET, HEAD, OPTIONS")
        let (_, own, answered) = try await Self.answer("OPTIONS", "/own")
        #expect(own == "own options")
        // Whoever answers itself need not know what else stands at the path.
        #expect(answered.headers[first: "Allow"]?.contains("OPTIONS") == true)
        #expect(try await Self.answer("OPTIONS", "/nothing").status == 404)
        #expect(try await Self.answer("OPTIONS", "*").status == 204)
    }

    /// An unknown path answers in the shape of the longest mount it falls under (DESIGN section 8).
    @Test func theLongestPrefixAnswersForWhatIsMissing() async throws {
        var routes = RouteGroup()
        routes.notFound = { _ in .text("outer 404", status: .notFound) }
        routes.methodNotAllowed = { _ in .text("outer 405", status: .methodNotAllowed) }
        routes.group("/api") { group in
            group.notFound = { _ in .text("api 404", status: .notFound) }
            group.get("/x", Self.text("x"))
            group.group("/rest/:version") { inner in
                inner.methodNotAllowed = { _ in .text("rest 405", status: .methodNotAllowed) }
                inner.get("/y", Self.text("y", "version"))
            }
        }
        let router = Router(routes)
        for (method, target, expected) in [
            ("GET", "/none", "outer 404"), ("GET", "/apis", "outer 404"), ("GET", "/api", "api 404"), ("GET", "/api/", "api 404"),
            ("GET", "/api/none", "api 404"), ("GET", "/%61pi/none", "api 404"), ("GET", "/api/%zz", "api 404"),
            ("GET", "/api/rest/1/none", "api 404"), ("POST", "/api/x", "outer 405"), ("POST", "/api/rest/1/y", "rest 405"),
            ("GET", "/api/rest/2/y", "y version=2"),
        ] {
            #expect(try await Self.answer(method, target, of: router).text == expected, "\(method) \(target)")
        }
    }

    /// Fixed text goes before a fixed beginning, that before a parameter.
    @Test(
        arguments: [
            ("/users/@me", "me"), ("/users/%40me", "me"), ("/users/@server", "server host=nil"), ("/users/x@y", "user user=x@y"),
            ("/server@a.example", "server host=a.example"), ("/server%40a.example:1", "server host=a.example:1"),
            ("/server@a%40b", "server host=a@b"), ("/server@fixed", "fixed"), ("/server@", "any name=server@"),
            ("/server%40", "any name=server@"), ("/server", "any name=server"), ("/Server@a", "any name=Server@a"),
            ("/server@a/keys/k", "key host=a key=k"), ("/server@/keys/k", "any key name=server@ key=k"),
            ("/server@a/other", "other name=server@a"), ("/server@%zz", "any name=server@%zz"),
        ])
    func aFixedBeginningStandsBetween(_ target: String, _ expected: String) async throws {
        var routes = RouteGroup()
        routes.get("/:name", Self.text("any", "name"))
        routes.get("/:name/keys/:key", Self.text("any key", "name", "key"))
        routes.get("/:name/other", Self.text("other", "name"))
        routes.get("/server@:host", Self.text("server", "host"))
        routes.get("/server@:host/keys/:key", Self.text("key", "host", "key"))
        routes.get("/server@fixed", Self.text("fixed"))
        routes.get("/users/:user", Self.text("user", "user"))
        routes.get("/users/@server", Self.text("server", "host"))
        routes.get("/users/@me", Self.text("me"))
        #expect(try await Self.answer("GET", target, of: Router(routes)).text == expected)
    }

    /// Without a parameter beside it there is nothing that an empty rest could be.
    @Test func nothingAfterABeginningIsNotFound() async throws {
        var routes = RouteGroup()
        routes.get("/server@:host", Self.text("server", "host"))
        for target in ["/server@", "/server%40", "/server", "/serve@a", "/server@a/", "/xserver@a"] {
            #expect(try await Self.answer("GET", target, of: Router(routes)).status == 404, "\(target)")
        }
        #expect(try await Self.answer("GET", "/server@a", of: Router(routes)).status == 200)
    }

    @Test func middlewareStandsInOrderBeforeAllAnswersOfItsGroup() async throws {
        var routes = RouteGroup()
        routes.get("/before", Self.text("before"))
        routes.use(Mark(name: "1"))
        routes.group("/g") { group in
            group.use(Mark(name: "2"))
            group.get("/x", using: [Mark(name: "3"), Mark(name: "4")], Self.text("x"))
        }
        let router = Router(routes)
        func marks(_ method: String, _ target: String) async throws -> [String] {
            try await Self.answer(method, target, of: router).2.headers.all("mark")
        }
        #expect(try await marks("GET", "/before") == [])
        // The outermost adds its mark last.
        #expect(try await marks("GET", "/g/x") == ["4", "3", "2", "1"])
        #expect(try await marks("GET", "/g/none") == ["2", "1"])
        #expect(try await marks("POST", "/g/x") == ["2", "1"])
        #expect(try await marks("OPTIONS", "/g/x") == ["2", "1"])
        #expect(try await marks("GET", "/none") == ["1"])
    }

    /// The number of steps grows with the routes, not with two to the number of segments.
    @Test(.timeLimit(.minutes(1))) func ambiguousPathsAreFoundQuickly() async throws {
        var routes = RouteGroup()
        var path = ""
        for _ in 0..<40 {
            path += "/a"
            routes.get(path + "/:x/end", Self.text("end"))
        }
        let router = Router(routes)
        #expect(try await Self.answer("GET", path + "/a/none", of: router).status == 404)
        #expect(try await Self.answer("GET", path + "/b/end", of: router).text == "end")
    }
}
