import Testing

@testable import Reileta

@Suite("Subscriptions of a socket")
struct SocketTopicsTests {
    private static func topics(_ names: String...) throws -> SocketTopics {
        var topics = SocketTopics()
        for name in names { #expect(topics.insert(try #require(SocketTopics.Name(name)))) }
        return topics
    }

    @Test("begin with pings and logins")
    func beginning() {
        let topics = SocketTopics()
        #expect(topics.count == 2)
        #expect(topics.want("ping") && topics.want("authenticated") && topics.want("unauthenticated"))
        #expect(!topics.want("update-world") && !topics.want("instance-joined") && !topics.want("subscribed"))
        #expect(!topics.wantRegistry && !topics.wantPeople)
    }

    @Test("to groups are to all that belongs to them")
    func groups() throws {
        let all = try Self.topics("all")
        #expect(all.want("update-world") && all.want("instance-joined", of: "i_1") && all.want("subscribed") && all.wantRegistry)
        let update = try Self.topics("update")
        #expect(update.want("update-user") && update.want("update-instance", of: "i_1") && !update.want("instance-joined", of: "i_1"))
        #expect(update.wantRegistry && update.wantPeople)
        let instance = try Self.topics("instance")
        #expect(instance.want("instance-left", of: "i_1") && !instance.want("update-instance", of: "i_1"))
        // Candidates are told of through the registry.
        #expect(instance.wantRegistry && instance.want("instance-candidate", of: "i_1"))
        #expect(try Self.topics("instance-queue").wantRegistry && !Self.topics("instance-data").wantRegistry)
    }

    @Test("to one event are to no other")
    func single() throws {
        let topics = try Self.topics("update-world")
        #expect(topics.want("update-world") && topics.want("update-world", of: "w_1") && !topics.want("update-service"))
        #expect(topics.wantRegistry && !topics.wantPeople)
        #expect(try !Self.topics("update-user").wantRegistry)
        #expect(try Self.topics("update-user").wantPeople)
    }

    @Test("to one object are to no other")
    func objects() throws {
        let topics = try Self.topics("update-world:w_1@example.org", "instance:i_1", "update-user:u_1")
        #expect(topics.want("update-world", of: "w_1") && !topics.want("update-world", of: "w_2") && !topics.want("update-world"))
        #expect(topics.want("instance-joined", of: "i_1") && !topics.want("instance-joined", of: "i_2"))
        #expect(topics.want("update-user", of: "u_1") && !topics.wantPeople)
        #expect(!topics.want("update-service", of: "w_1") && topics.wantRegistry)
    }

    @Test("of objects are gone when somebody else logs in")
    func objectsAreRemoved() throws {
        var topics = try Self.topics("update-world:w_1", "update-service")
        topics.removeObjects()
        #expect(!topics.want("update-world", of: "w_1") && topics.want("update-service") && topics.count == 3)
    }

    @Test(
        "are to events that there are",
        arguments: ["", "worlds", "update-world:", "ping:1", "update-server:s", "instance-joined:i_1", "all:x", ":w_1", "Update"])
    func unknown(_ text: String) {
        #expect(SocketTopics.Name(text) == nil)
    }

    @Test("end, once")
    func removing() throws {
        var topics = try Self.topics("update-world:w_1")
        let name = try #require(SocketTopics.Name("update-world:w_1@example.org"))
        #expect(topics.remove(name) == true)
        #expect(topics.remove(name) == false)
        #expect(!topics.want("update-world", of: "w_1"))
    }

    @Test("are at most 200, and the same one again is no more")
    func limit() throws {
        var topics = SocketTopics()
        for number in 0..<198 { #expect(topics.insert(try #require(SocketTopics.Name("update-world:w_\(number)")))) }
        #expect(topics.count == 200)
        #expect(try !topics.insert(#require(SocketTopics.Name("update-world:w_198"))))
        #expect(try topics.insert(#require(SocketTopics.Name("update-world:w_0@example.org"))))
        #expect(topics.count == 200 && !topics.want("update-world", of: "w_198"))
    }
}
