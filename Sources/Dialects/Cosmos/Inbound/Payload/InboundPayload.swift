internal import HTTP
internal import Primitives

/// What a sender has posted to a webhook: JSON, whatever it is wrapped in (contracts/cosmos.md 9.2 to 9.6).
struct InboundPayload {
    /// How a payload may be wrapped.
    enum Form: Equatable {
        case json
        /// `application/x-www-form-urlencoded` with a field `payload`.
        case urlEncoded
        /// `multipart/form-data` with a field `payload_json` or `payload`.
        case multipart(contentType: String)
    }

    /// The JSON.
    var json: [UInt8]
    /// The body as it came: what signatures are over.
    var body: [UInt8]

    /// Why a body has no payload.
    enum Failure: Error, Equatable {
        /// Not what its media type says, or without a payload.
        case malformed(String)
        /// The media type is another one.
        case unsupportedMediaType
        /// There are files in it.
        case hasFiles
    }

    /// How a body is wrapped, by its media type. Without one it is JSON, unless it begins like a form.
    static func form(contentType: String?, body: ArraySlice<UInt8> = []) throws(Failure) -> Form {
        guard let contentType else { return body.starts(with: "payload=".utf8) ? .urlEncoded : .json }
        guard let type = MediaType(contentType) else { throw .unsupportedMediaType }
        switch type.name {
        case "application/json", "text/json": return .json
        case "application/x-www-form-urlencoded": return .urlEncoded
        case "multipart/form-data": return .multipart(contentType: contentType)
        default: throw .unsupportedMediaType
        }
    }

    /// Takes the payload out of a body that has come in full.
    init(_ body: [UInt8], contentType: String?) throws(Failure) {
        self.body = body
        switch try Self.form(contentType: contentType, body: body[...]) {
        case .json: json = body
        // What command lines send as a form unless they are told otherwise.
        case .urlEncoded: json = body.first == UInt8(ascii: "{") ? body : try Self.field(of: body)
        case .multipart(let contentType):
            do {
                let form = try MultipartForm(body, contentType: contentType)
                guard !form.hasFiles else { throw Failure.hasFiles }
                guard let payload = form[field: "payload_json"] ?? form[field: "payload"] else {
                    throw Failure.malformed("The form has no field payload_json.")
                }
                json = payload
            } catch let error as Failure {
                throw error
            } catch {
                throw .malformed(Self.reason(error as? MultipartError))
            }
        }
    }

    static func reason(_ error: MultipartError?) -> String {
        switch error {
        case .malformed(let what): "The form is malformed: \(what)."
        case .tooManyParts(let limit): "A form has at most \(limit) parts."
        case .headerTooLarge(let limit): "The header of a part has at most \(limit) bytes."
        case .incomplete, nil: "The form has no end."
        }
    }

    /// The value of the field `payload` of a form, decoded as bytes: it need not be read as text twice.
    private static func field(of body: [UInt8]) throws(Failure) -> [UInt8] {
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].elementsEqual("payload".utf8) else { continue }
            if let text = PercentEncoding.decode(parts[1], plusAsSpace: true) { return Array(text.utf8) }
            // Not every sender escapes: a payload with a bare % is JSON as it stands.
            if parts[1].first == UInt8(ascii: "{") { return Array(parts[1]) }
            throw .malformed("The field payload is not encoded as a form is.")
        }
        throw .malformed("The form has no field payload.")
    }
}
