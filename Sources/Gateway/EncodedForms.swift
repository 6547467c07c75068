internal import Primitives

/// What encoders have made of one thing. The first caller encodes, the others share the result.
final class EncodedForms<Form: Sendable>: Sendable {
    private let known = Mutex<[(encoder: any EventEncoder, form: Form)]>([])

    /// The form of one encoder; `encode` is called when it has not been made yet.
    func form(by encoder: any EventEncoder, _ encode: () -> Form) -> Form {
        known.withLock { known in
            if let found = known.first(where: { $0.encoder === encoder }) { return found.form }
            let form = encode()
            known.append((encoder, form))
            return form
        }
    }
}
