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
                  Data folder  ./roost-data
                  Database     SQLite, ./roost-data/roost.sqlite

                  Setup code   ROOST-AAAAA
                               Whoever registers with it first becomes the administrator; a Dawchat client takes it as invite token,
                               Cosmos as claim code.

                  Stop with Ctrl-C.


                """)
    }

    @Test func withAnAdministratorThereIsNoCode() {
        let screen = StartScreen(name: "Nest", version: "1", url: "https://example.org", dataFolder: "d", database: "b", setupCode: nil)
        #expect(!screen.text.contains("Setup code"))
        #expect(screen.text.contains("https://example.org/api/rest and wss://example.org/api/ws\n"))
    }
}
