import Testing

@testable import HTTPClient

struct NameCacheTests {
    private let begin = ContinuousClock.now

    @Test func addressesCountForAMinute() {
        var cache = NameCache()
        cache.keep(["192.0.2.1"], of: "a.example.org", at: begin)
        #expect(cache.addresses(of: "a.example.org", at: begin + .milliseconds(59_999)) == ["192.0.2.1"])
        #expect(cache.addresses(of: "a.example.org", at: begin + .seconds(60)) == nil)
        #expect(cache.addresses(of: "b.example.org", at: begin) == nil)
        cache.keep([], of: "b.example.org", at: begin)
        #expect(cache.addresses(of: "b.example.org", at: begin) == nil)
        cache.forget("a.example.org")
        #expect(cache.addresses(of: "a.example.org", at: begin) == nil)
    }

    @Test func soManyAreRemembered() {
        var cache = NameCache()
        cache.keep(["192.0.2.1"], of: "old.example.org", at: begin)
        let later = begin + .seconds(61)
        for number in 1..<NameCache.limit { cache.keep(["192.0.2.1"], of: "\(number).example.org", at: later) }
        cache.keep(["192.0.2.2"], of: "new.example.org", at: later)
        // The one whose time was over has made room.
        #expect(cache.addresses(of: "1.example.org", at: later) == ["192.0.2.1"])
        cache.keep(["192.0.2.3"], of: "newer.example.org", at: later)
        #expect(cache.addresses(of: "newer.example.org", at: later) == ["192.0.2.3"])
        #expect(cache.addresses(of: "1.example.org", at: later) == nil)
    }
}
