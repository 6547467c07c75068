import Community
import JSON
import Testing

@testable import Reileta

@Suite("Parts of lists")
struct ListQueryTests {
    private static func query(_ parameters: String) throws -> ListQuery {
        ListQuery(try Forms.request("/api/worlds" + parameters))
    }

    /// contracts/reileta.md 1.4: "`limit` default 10 max 100 min 1, `offset` default 0"; before, `take` and `page`.
    @Test(
        "are as long as they may be, and begin where the request says",
        arguments: [
            ("", 10, 0), ("?limit=1", 1, 0), ("?limit=100", 100, 0), ("?limit=101", 100, 0), ("?limit=9223372036854775807", 100, 0),
            ("?limit=0", 10, 0), ("?limit=-1", 10, 0), ("?limit=x", 10, 0), ("?limit=", 10, 0), ("?limit=99999999999999999999", 10, 0),
            ("?take=5", 5, 0), ("?limit=7&take=5", 7, 0), ("?limit=x&take=5", 5, 0), ("?offset=3", 10, 3), ("?offset=-1", 10, 0),
            ("?offset=x", 10, 0), ("?offset=1000000001", 10, 1_000_000_000), ("?offset=9223372036854775807", 10, 1_000_000_000),
            ("?page=0", 10, 0), ("?page=2", 10, 20), ("?take=25&page=3", 25, 75), ("?page=-1", 10, 0),
            ("?page=1000000&take=100", 100, 100_000_000),
            ("?page=1000001", 10, 0), ("?page=9223372036854775807", 10, 0), ("?offset=4&page=2", 10, 4), ("?offset=0&page=2", 10, 0),
        ])
    func window(_ parameters: String, _ limit: Int, _ offset: Int) throws {
        #expect(try Self.query(parameters).window == RegistryWindow(limit: limit, offset: offset))
    }

    @Test(
        "are searched by any of the names that clients know",
        arguments: [
            ("", nil), ("?query=nest", "nest"), ("?q=nest", "nest"), ("?search=nest", "nest"), ("?query=&q=tree", "tree"), ("?query=", nil),
            ("?search=c&q=b&query=a", "a"), ("?q=two%20words", "two words"),
        ] as [(String, String?)])
    func search(_ parameters: String, _ expected: String?) throws {
        #expect(try Self.query(parameters).query == expected)
    }

    @Test("name at most a hundred objects")
    func ids() throws {
        #expect(try Self.query("").ids == [])
        #expect(try Self.query("?id=w_1&id=&id=w_2").ids == ["w_1", "w_2"])
        let many = (0..<101).map { "id=\($0)" }.joined(separator: "&")
        #expect(try Self.query("?" + many).ids == (0..<100).map(String.init))
    }

    /// contracts/reileta.md 9: "list `items`+plural".
    @Test("are written under both names, which are equal")
    func answer() throws {
        let query = try Self.query("?q=n&limit=2&offset=4")
        let object = try Forms.object { json in
            query.write(RegistryPage(total: 6, items: ["one", "two"]), as: "worlds", to: &json) { $1.value($0) }
        }
        #expect(object.names == ["total", "limit", "offset", "query", "items", "worlds"])
        #expect((object.number("total"), object.number("limit"), object.number("offset")) == (6, 2, 4))
        #expect(object.text("query") == "n")
        #expect(object.texts("items") == ["one", "two"] && object.texts("worlds") == ["one", "two"])
    }

    @Test("leave out what they were not searched by, and may be empty")
    func empty() throws {
        let query = try Self.query("")
        let object = try Forms.object { json in
            query.write(RegistryPage<String>(total: 0, items: []), as: "users", to: &json) { $1.value($0) }
        }
        #expect(object.names == ["total", "limit", "offset", "items", "users"])
        #expect(object.texts("items") == [] && object.texts("users") == [] && Forms.nulls(in: object).isEmpty)
    }
}
