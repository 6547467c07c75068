import Observability
import Testing

struct HealthTests {
    @Test func aServerStartsIsReadyAndDrains() {
        let health = Health()
        #expect(health.state == .starting)
        #expect(!health.isReady)
        health.enter(.ready)
        #expect(health.state == .ready)
        #expect(health.isReady)
        health.enter(.draining)
        #expect(health.state == .draining)
        #expect(!health.isReady)
    }

    @Test func thereIsNoWayBack() {
        let health = Health()
        health.enter(.draining)
        health.enter(.ready)
        #expect(health.state == .draining)
        health.enter(.starting)
        #expect(health.state == .draining)
    }

    @Test func aFailingCheckTakesTheServerOut() {
        let health = Health()
        health.enter(.ready)
        health.report("storage", failure: "The disk is full.")
        health.report("database", failure: "No answer.")
        health.report("bus", failure: nil)
        #expect(!health.isReady)
        #expect(health.state == .ready)
        #expect(health.failures.map(\.check) == ["database", "storage"])
        #expect(health.failures.map(\.reason) == ["No answer.", "The disk is full."])
        health.report("database", failure: nil)
        #expect(!health.isReady)
        health.report("storage", failure: nil)
        #expect(health.isReady)
        #expect(health.failures == [])
    }
}
