import Primitives
import Reactor
import Synchronization
import Testing

@testable import WebSocket

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private typealias Frame = BlockingClient.Frame
    private typealias End = EchoServer.End

    @Test func messagesComeBackHoweverTheyAreCut() async throws {
        let large = [UInt8](repeating: 0x5A, count: 300_000)
        let frames = try await EchoServer().serve { server in
            let client = try BlockingClient(port: server.port)
            for byte in ClientFrame.text("grüße", isFinal: false) + ClientFrame.continuation(Array(" 🎈".utf8), isFinal: true) {
                client.send([byte])
            }
            client.send(ClientFrame.binary(large) + ClientFrame.text("") + ClientFrame.close(1000))
            return client.receiveFrames()
        }
        #expect(frames == [.text("grüße 🎈"), Frame(opcode: 2, payload: large), .text(""), .close(1000)])
    }

    /// Bytes that came in one packet with the handshake are the first message.
    @Test func whatCameWithTheHandshakeIsNotLost() async throws {
        let first = ClientFrame.text("early", isFinal: false)
        let frames = try await EchoServer(received: first).serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.continuation(Array(" bird".utf8), isFinal: true) + ClientFrame.close([]))
            return client.receiveFrames()
        }
        #expect(frames == [.text("early bird"), Frame(opcode: 8, payload: [])])
    }

    /// RFC 6455 section 5.5.2, Autobahn 2.10: each ping has its pong, in order.
    @Test func everyPingIsAnsweredOnce() async throws {
        let (frames, messages) = try await EchoServer().serve { server in
            let client = try BlockingClient(port: server.port)
            let pings = (0..<UInt8(10)).flatMap { ClientFrame.ping([$0, 7]) }
            client.send(pings + ClientFrame(opcode: 0xA, payload: [9]).bytes + ClientFrame.close(1001))
            return (client.receiveFrames(), server.log.messages)
        }
        #expect(frames == (0..<UInt8(10)).map { Frame(opcode: 0xA, payload: [$0, 7]) } + [.close(1001)])
        #expect(messages == [[0xA, 9]])
    }

    /// RFC 6455 section 5.5.1: a close is answered with its code, and what follows it is not read.
    @Test func theClientMayClose() async throws {
        let (frames, end, messages) = try await EchoServer().serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.close(4321, Array("bye".utf8)) + ClientFrame.text("late"))
            let frames = client.receiveFrames()
            client.endOutput()
            return (frames, server.log.waitForEnd(), server.log.messages)
        }
        #expect(frames == [.close(4321)])
        #expect(end == End(code: WebSocketCloseCode(rawValue: 4321), clean: true))
        #expect(messages.isEmpty)
    }

    @Test func theServerMayCloseAndHearsNothingAfterThat() async throws {
        let server = try await EchoServer { _, handler in
            handler.onText = { connection, _ in
                connection.close(code: .goingAway, reason: "restart")
                connection.sendText([0x61])
                connection.close(code: .normal)
            }
        }
        let (frames, end, messages) = try await server.serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.text("one") + ClientFrame.text("two") + ClientFrame.ping([]))
            let close = client.receiveFrame()
            client.send(ClientFrame.close(1001))
            let rest = client.receiveFrames()
            client.endOutput()
            return ([close] + rest, server.log.waitForEnd(), server.log.messages)
        }
        #expect(frames == [.close(1001, "restart")])
        #expect(end == End(code: .goingAway, clean: true))
        #expect(messages == [Array("one".utf8)])
    }

    /// RFC 6455 section 7.1.1: a peer that does not answer is not waited for without end.
    @Test func aCloseWithoutAnswerEndsAtItsTimeout() async throws {
        var options = WebSocketOptions()
        options.closeTimeout = .milliseconds(100)
        let (frames, end) = try await EchoServer(options: options) { connection, _ in connection.close() }.serve { server in
            let client = try BlockingClient(port: server.port)
            return (client.receiveFrames(), server.log.waitForEnd())
        }
        #expect(frames == [.close(1000)])
        #expect(end == End(code: .normal, clean: false))
    }

    /// RFC 6455 section 7.1.7: the client is told which rule it broke.
    @Test(
        arguments: [
            (ClientFrame(mask: nil).bytes, 1002), (ClientFrame(payload: [0xFF]).bytes, 1007),
            (ClientFrame(opcode: 0x2, claimedLength: 1 << 30).bytes, 1009), (ClientFrame.close([1]), 1002), (ClientFrame.close(1005), 1002),
        ] as [([UInt8], UInt16)])
    func aViolationIsAnsweredWithItsCode(bytes: [UInt8], code: UInt16) async throws {
        let (frames, end) = try await EchoServer().serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.text("fine") + bytes + ClientFrame.text("late"))
            let frames = client.receiveFrames()
            client.endOutput()
            return (frames, server.log.waitForEnd())
        }
        #expect(frames.count == 2 && frames.first == .text("fine"))
        #expect(frames.last?.closeCode == Int(code))
        #expect(end == End(code: WebSocketCloseCode(rawValue: code), clean: false))
    }

    @Test func aDialectMayNameItsOwnCodeForAMessageAboveTheLimit() async throws {
        var options = WebSocketOptions()
        options.messageLimit = 4_096
        options.messageTooBigCode = WebSocketCloseCode(rawValue: 4002)
        let frames = try await EchoServer(options: options).serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.binary([UInt8](repeating: 1, count: 4_096)) + ClientFrame.binary([UInt8](repeating: 1, count: 4_097)))
            return client.receiveFrames()
        }
        #expect(frames.count == 2)
        #expect(frames.last == .close(4002, "A message is at most 4096 bytes."))
    }

    @Test func aClientThatJustLeavesIsNotAClean() async throws {
        let end = try await EchoServer().serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.text("x"))
            client.endOutput()
            #expect(client.receiveFrames() == [.text("x")])
            return server.log.waitForEnd()
        }
        #expect(end == End(code: nil, clean: false))
    }

    /// DESIGN section 4: above the output limit the connection is cut.
    @Test func aSlowReaderIsCutOff() async throws {
        let server = try await EchoServer { connection, _ in
            for _ in 0..<64 { connection.sendBinary([UInt8](repeating: 1, count: 1 << 20)) }
        }
        let end = try await server.serve { server in
            let client = try BlockingClient(port: server.port, receiveBuffer: 4_096)
            let end = server.log.waitForEnd()
            client.endOutput()
            return end
        }
        #expect(end == End(code: nil, clean: false))
    }

    /// With a code the slow reader learns why, if it reads on after all.
    @Test func aSlowReaderMayBeTold() async throws {
        var options = WebSocketOptions()
        options.outputLimit = 16 << 20
        options.slowReaderCloseCode = WebSocketCloseCode(rawValue: 4000)
        let server = try await EchoServer(options: options) { connection, _ in
            for _ in 0..<26 { connection.sendBinary([UInt8](repeating: 1, count: 1 << 20)) }
        }
        let (last, end) = try await server.serve { server in
            let client = try BlockingClient(port: server.port, receiveBuffer: 4_096)
            usleep(200_000)
            return (client.receiveFrames().last, server.log.waitForEnd())
        }
        #expect(last == .close(4000))
        #expect(end == End(code: nil, clean: false))
    }

    /// Such as what a user sees at login: longer than the queue of a client that reads well, and another one behind it.
    @Test(arguments: [true, false]) func aFrameMayBeLongerThanTheQueueWhenItIsSaidSo(isSaid: Bool) async throws {
        let payload = [UInt8](repeating: 1, count: 16 << 20)
        let frame = payload.withUnsafeBytes { WebSocketFrameEncoder.frame(.binary, $0) }
        let server = try await EchoServer { connection, _ in
            for _ in 0..<2 { connection.sendEncoded(frame: frame, countsAgainstLimit: !isSaid) }
        }
        let received = try await server.serve { server in
            let client = try BlockingClient(port: server.port, receiveBuffer: 4_096)
            usleep(200_000)
            var received = 0
            while received < 2, client.receiveFrame()?.payload.count == payload.count { received += 1 }
            client.endOutput()
            return received
        }
        #expect(received == (isSaid ? 2 : 0))
    }

    @Test func nothingIsHandedOnAfterACut() async throws {
        let server = try await EchoServer { _, handler in handler.onText = { connection, _ in connection.cut() } }
        let messages = try await server.serve { server in
            let client = try BlockingClient(port: server.port)
            client.send(ClientFrame.text("a") + ClientFrame.text("b") + ClientFrame.text("c"))
            _ = server.log.waitForEnd()
            return server.log.messages.count
        }
        #expect(messages == 1)
    }

    /// RFC 6455 section 5.5.3: pongs that nobody reads do not pile up; the last ping is answered when there is room.
    @Test func aFloodOfPingsThatReadsNothingIsBounded() async throws {
        var options = WebSocketOptions()
        options.outputLimit = 64 << 20
        // More than the system takes before the client reads, so the pings meet a long queue.
        let server = try await EchoServer(options: options) { connection, _ in
            for _ in 0..<26 { connection.sendBinary([UInt8](repeating: 1, count: 1 << 20)) }
        }
        let (pongs, closeCode) = try await server.serve { server in
            let client = try BlockingClient(port: server.port, receiveBuffer: 4_096)
            let payload = [UInt8](repeating: 0x70, count: 125)
            let many = Array(repeatElement(ClientFrame.ping(payload), count: 1_000).joined())
            for _ in 0..<100 { client.send(many) }
            client.send(ClientFrame.ping([0x6C]))
            var pongs = 0
            while let frame = client.receiveFrame(), frame.payload != [0x6C] { pongs += frame.payload == payload ? 1 : 0 }
            client.send(ClientFrame.close(1000))
            return (pongs, client.receiveFrames().last?.closeCode)
        }
        #expect(server.log.state.withLock { $0.drained } > 0)
        #expect(pongs < 100_000)
        #expect(closeCode == 1000)
    }

    /// A frame made once goes to a compressing connection as well.
    @Test func compressedAndReadyFramesMayBeMixed() async throws {
        let long = String(repeating: "round and round ", count: 100)
        let server = try await EchoServer(inflates: true) { connection, handler in
            handler.onText = { connection, bytes in
                connection.sendEncoded(frame: WebSocketFrameEncoder.text(Array("ready".utf8)))
                connection.sendText(bytes)
                connection.sendText(Array("short".utf8))
            }
        }
        let frames = try await server.serve { server in
            let client = try BlockingClient(port: server.port)
            let payload = Deflater(windowBits: 15, keepsContext: false, options: WebSocketCompression()).compress(Array(long.utf8)) ?? []
            client.send(ClientFrame.deflated(payload) + ClientFrame.close(1000))
            return client.receiveFrames()
        }
        #expect(frames.map(\.isCompressed) == [false, true, false, false])
        #expect(frames.first == .text("ready"))
        #expect(frames.dropFirst().first.map { $0.payload.count < 200 } == true)
        let inflated = frames.dropFirst().first.map {
            Decoded(ClientFrame.deflated($0.payload), inflater: Inflater(windowBits: 15, keepsContext: false)).events
        }
        #expect(inflated == [.text(Array(long.utf8))])
    }

    #if canImport(Glibc)
        /// DESIGN section 4: 1.5 KiB for all of an idle socket; this is the part of the connection.
        @Test func anIdleConnectionIsSmall() async throws {
            typealias SizeFunction = @convention(c) (UnsafeMutableRawPointer) -> Int
            // The C library's module for Swift leaves malloc.h out.
            let symbol = try #require(dlsym(nil, "malloc_usable_size"))
            let size = unsafeBitCast(symbol, to: SizeFunction.self)
            let server = try await EchoServer { _, handler in
                handler.onText = { connection, _ in
                    connection.sendText(Array("\(size(Unmanaged.passUnretained(connection).toOpaque()))".utf8))
                }
            }
            let frame = try await server.serve { server in
                let client = try BlockingClient(port: server.port)
                client.send(ClientFrame.text("size"))
                return client.receiveFrame()
            }
            let bytes = try #require(frame.flatMap { Int(String(decoding: $0.payload, as: UTF8.self)) })
            #expect(bytes > 0 && bytes <= 320, "\(bytes) bytes")
        }
    #endif
}
