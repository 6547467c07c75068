import Testing

@testable import Server

struct EditDistanceTests {
    @Test(
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("kitten", "sitting", 3), ("flaw", "lawn", 2),
            ("nmae", "name", 2),
            ("server.lisen", "server.listen", 1), ("Zoë", "Zoe", 1), ("ab", "ba", 2),
        ]) func lettersThatDifferAreCounted(_ left: String, _ right: String, _ distance: Int)
    {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }
}
