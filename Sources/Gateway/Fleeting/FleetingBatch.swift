internal import Primitives

/// Fleeting events for the subscribers of one topic: a socket gets all that concern it with one write.
final class FleetingBatch: Sendable {
    let topic: TopicID
    /// Subscribers of these have got the events already.
    let earlier: [TopicID]
    let envelopes: [FleetingEnvelope]
    private let delivery: FleetingDelivery?
    private let joined = EncodedForms<[UInt8]>()

    /// - Parameter delivery: told when a loop has handed the batch out.
    init(_ envelopes: [FleetingEnvelope], to topic: TopicID, except earlier: [TopicID] = [], delivery: FleetingDelivery? = nil) {
        self.envelopes = envelopes
        self.topic = topic
        self.earlier = earlier
        self.delivery = delivery
    }

    /// Hands over what concerns the subscriber.
    func deliver(to subscription: Subscription) {
        guard !earlier.contains(where: { topic in subscription.seats.contains { $0.topic.id == topic } }) else { return }
        let frames =
            envelopes.allSatisfy { $0.event.concerns(subscription) }
            ? joined.form(by: subscription.encoder) { join(by: subscription.encoder) { _ in true } }
            : join(by: subscription.encoder) { $0.event.concerns(subscription) }
        if !frames.isEmpty { subscription.subscriber.receive(frames, isLarge: false) }
    }

    /// A loop has handed the batch out, or has nobody to hand it to.
    func finish() {
        delivery?.finishOne()
    }

    private func join(by encoder: any EventEncoder, _ isWanted: (FleetingEnvelope) -> Bool) -> [UInt8] {
        var frames: [UInt8] = []
        for envelope in envelopes where isWanted(envelope) {
            guard let frame = envelope.frame(by: encoder) else { continue }
            if frames.isEmpty { frames = frame } else { frames += frame }
        }
        return frames
    }
}

/// How far batches have come: whoever makes more of them looks whether the former are out.
final class FleetingDelivery: Sendable {
    private let left = Mutex(0)

    /// Whether every loop has handed out everything.
    var isFinished: Bool { left.withLock { $0 == 0 } }

    func begin(_ count: Int) {
        left.withLock { $0 += count }
    }

    func finishOne() {
        left.withLock { $0 -= 1 }
    }
}
