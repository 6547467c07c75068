import Community
import Primitives
import Testing

@testable import Server

/// What `roost admin sessions` prints.
struct SessionTableTests {
    @Test func eachLoginIsALineInColumns() {
        let sessions = [
            SessionSummary(
                id: SessionID(232_911_688_851_456), kind: .cookie, createdAt: Timestamp(seconds: 0), lastUsedAt: Timestamp(seconds: 60),
                expiresAt: Timestamp(seconds: 604_800)),
            SessionSummary(
                id: SessionID(7), kind: .refresh, createdAt: Timestamp(seconds: 1), lastUsedAt: Timestamp(seconds: 1),
                expiresAt: Timestamp(seconds: 2)),
        ]
        #expect(
            SessionTable.text(of: sessions) == """
                ID               KIND     CREATED               LAST USED             EXPIRES
                232911688851456  cookie   1970-01-01T00:00:00Z  1970-01-01T00:01:00Z  1970-01-08T00:00:00Z
                7                refresh  1970-01-01T00:00:01Z  1970-01-01T00:00:01Z  1970-01-01T00:00:02Z

                """)
    }

    @Test func nobodyIsLoggedIn() {
        #expect(SessionTable.text(of: []) == "No sessions.\n")
    }
}
