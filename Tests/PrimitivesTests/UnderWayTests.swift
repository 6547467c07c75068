import Primitives
import Testing

struct UnderWayTests {
    @Test func eachKeyHasALimitOfItsOwn() {
        let underWay = UnderWay()
        #expect(underWay.begin("a", limit: 2) && underWay.begin("a", limit: 2) && !underWay.begin("a", limit: 2))
        #expect(underWay.begin("b", limit: 2))
        underWay.end("a")
        #expect(underWay.begin("a", limit: 2) && !underWay.begin("a", limit: 2))
        // What has not begun ends nothing.
        underWay.end("c")
        #expect(underWay.begin("c", limit: 1) && !underWay.begin("c", limit: 1))
    }
}
