internal import Reactor

/// A moment by which something has to happen. Moving it on costs nothing: the timer that runs looks again when it fires. Its owner ends it with
/// `cancel`.
final class Deadline {
    private let loop: EventLoop
    private var moment: MonotonicInstant?
    private var timer: (token: TimerToken, at: MonotonicInstant)?
    /// Called when the moment has passed.
    var onPassed: () -> Void = {}

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Sets the moment, so far from now.
    func set(in duration: Duration) {
        let new = loop.now + duration
        moment = new
        if let timer, timer.at <= new { return }
        schedule(at: new)
    }

    /// Nothing has to happen for now.
    func clear() {
        moment = nil
    }

    /// Ends it for good.
    func cancel() {
        moment = nil
        if let timer { loop.cancel(timer.token) }
        timer = nil
        onPassed = {}
    }

    private func schedule(at instant: MonotonicInstant) {
        if let timer { loop.cancel(timer.token) }
        let now = loop.now
        // Unowned, because a weak reference makes each use of an object dearer: whoever owns this calls `cancel` before it goes.
        let token = loop.schedule(after: instant > now ? instant - now : .zero) { [unowned self] in fired() }
        timer = (token, instant)
    }

    private func fired() {
        timer = nil
        guard let moment else { return }
        if loop.now >= moment {
            self.moment = nil
            onPassed()
        } else {
            schedule(at: moment)
        }
    }
}
