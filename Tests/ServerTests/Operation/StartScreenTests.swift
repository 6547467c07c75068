import Testing

@testable import Server

struct StartScreenTests {
    @Test func itShowsWhatAPersonNeedsAtTheFirstStart() {
        let screen = StartScreen(
            name: "Nest", version: "1.2.3", url: "http://127.0.0.1:8080", dataFolder: "./roost-data",
            database: "SQLite, ./roost-data/roost.sqlite",
            setupCode: "ROOST-AAAAA")
        #expect(
            screen.text == """
                Nest — Roost 1.2.3

                  Address      http://127.0.0.1:8080
                  Chat API     http://127.0.0.1:8080/api/rest and ws://127.0.0.1:8080/api/ws
                  Dawchat API  http://127.0.0.1:8080/api/user and /api/channel
                  Cosmos API   http://127.0.0.1:8080/meta and /galaxy
                  Gale API     GALE_SYNC_URL=http://127.0.0.1:8080/gale/api
                  Reileta API  http://127.0.0.1:8080/api/server and ws://127.0.0.1:8080/api/ws
                  Data folder  ./roost-data
                  Database     SQLite, ./roost-data/roost.sqlite

                  Setup code   ROOST-AAAAA
                               Whoever registers with it first becomes the administrator; a Dawchat client takes it as invite token,
                               Cosmos as claim code.

                  Stop with Ctrl-C.


                """)
    }

    /// Whoever follows what the screen says finds something there.
    @Test func itNamesOnlyWhatIsOn() {
        let screen = StartScreen(
            name: "Nest", version: "1", url: "https://example.org", dataFolder: "d", database: "b", apis: [.dawchat, .reileta],
            setupCode: nil)
        #expect(screen.text.contains("Dawchat API  https://example.org/api/user"))
        #expect(screen.text.contains("Reileta API  https://example.org/api/server"))
        for name in ["Chat API  ", "Cosmos", "GALE"] { #expect(!screen.text.contains("  " + name)) }
    }

    @Test func withAnAdministratorThereIsNoCode() {
        let screen = StartScreen(name: "Nest", version: "1", url: "https://example.org", dataFolder: "d", database: "b", setupCode: nil)
        #expect(!screen.text.contains("Setup code"))
        #expect(screen.text.contains("https://example.org/api/rest and wss://example.org/api/ws\n"))
    }
}
