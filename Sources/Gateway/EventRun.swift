internal import Community
internal import Storage

/// Events of one topic that are handed out together: a socket gets all that it lacks of them with one write.
///
/// Events that are committed while the run is being served join it. Sockets that were served before get them in another pass, those
/// still to come in the first: the busier a topic, the fewer writes for each event.
final class EventRun {
    /// Events that are handed out together at most: bounds what is put together for a socket that lacks all of them.
    static let limit = 64

    let topic: Topic
    private(set) var envelopes: [Envelope]
    private var nextIndex: Int
    /// Whether events have joined that sockets served in this pass did not get.
    private var needsAnotherPass = false
    /// What sockets that lack the same events share.
    private var shared: [SharedFrames] = []

    private struct SharedFrames {
        let encoder: any EventEncoder
        let first: Int
        /// Nil when accounts get different ones.
        let frames: [UInt8]?
    }

    init(_ envelope: Envelope, topic: Topic) {
        self.topic = topic
        envelopes = [envelope]
        nextIndex = topic.subscriptions.count - 1
    }

    /// Whether every socket has got everything.
    var isServed: Bool { nextIndex < 0 && !needsAnotherPass }

    /// Adds an event of the same topic.
    func append(_ envelope: Envelope) {
        envelopes.append(envelope)
        shared = []
        // Who has not been visited in this pass gets it there.
        if nextIndex < topic.subscriptions.count - 1 { needsAnotherPass = true }
    }

    /// Serves as many sockets as the budget has, from the last one down: a place that is given up meanwhile is filled with one that has been
    /// served or has come after the events.
    func serve(_ budget: inout Int) {
        while budget > 0, !isServed {
            if nextIndex < 0 {
                needsAnotherPass = false
                nextIndex = topic.subscriptions.count
            }
            nextIndex = min(nextIndex, topic.subscriptions.count - 1)
            if nextIndex >= 0 { deliver(to: topic.subscriptions[nextIndex]) }
            nextIndex = min(nextIndex, topic.subscriptions.count) - 1
            budget -= 1
        }
    }

    private func deliver(to subscription: Subscription) {
        guard let last = envelopes.last, last.event.id > subscription.position else { return }
        var first = envelopes.count - 1
        while first > 0, envelopes[first - 1].event.id > subscription.position { first -= 1 }
        if !subscription.looksAtEvents, let frames = sharedFrames(for: subscription.encoder, from: first) {
            subscription.position = last.event.id
            if !frames.isEmpty { subscription.subscriber.receive(frames, isLarge: false) }
            return
        }
        // Whoever is thrown out by an event has no seat any more, and gets nothing after it.
        for envelope in envelopes[first...] where !subscription.seats.isEmpty { subscription.deliver(envelope) }
    }

    /// The frames of the events from `first` on, one after the other; nil when accounts get different ones.
    private func sharedFrames(for encoder: any EventEncoder, from first: Int) -> [UInt8]? {
        if let known = shared.first(where: { $0.first == first && $0.encoder === encoder }) { return known.frames }
        let frames = joinedFrames(for: encoder, from: first)
        shared.append(SharedFrames(encoder: encoder, first: first, frames: frames))
        return frames
    }

    private func joinedFrames(for encoder: any EventEncoder, from first: Int) -> [UInt8]? {
        var frames: [UInt8] = []
        for envelope in envelopes[first...] {
            guard let encoded = envelope.encoded(by: encoder) else { continue }
            guard encoded.personal.isEmpty else { return nil }
            if frames.isEmpty { frames = encoded.common ?? [] } else { frames += encoded.common ?? [] }
        }
        return frames
    }
}
