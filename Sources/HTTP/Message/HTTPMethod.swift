/// The method of a request (RFC 9110 section 9): a token, case matters.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    /// The token as it stands in the request.
    public let rawValue: String

    /// A method by its token.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// GET
    public static let get = HTTPMethod(rawValue: "GET")
    /// HEAD
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// POST
    public static let post = HTTPMethod(rawValue: "POST")
    /// PUT
    public static let put = HTTPMethod(rawValue: "PUT")
    /// PATCH (RFC 5789)
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// DELETE
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// OPTIONS
    public static let options = HTTPMethod(rawValue: "OPTIONS")

    /// Whether a request of this method changes nothing, so that its answer may be a stored one (RFC 9110 9.2.1).
    var isRead: Bool { self == .get || self == .head }

    /// A method by the bytes of its token. Texts of up to 15 bytes, as all usual methods are, take no memory of their own.
    init(token: Slice<UnsafeRawBufferPointer>) {
        rawValue = String(decoding: token, as: UTF8.self)
    }
}
