internal import HTTPClient
internal import Primitives
internal import Security

/// Sends signed requests to a bucket, again when the store has a bad moment: each of them may be sent twice.
struct S3Client: Sendable {
    /// Attempts of one request.
    static let attempts = 3
    /// Before the second attempt; doubled before each further one.
    static let firstPause = Duration.milliseconds(200)
    /// How long a request may take whose bodies are small.
    static let timeout = Duration.seconds(30)

    /// A request to the bucket.
    struct Request: Sendable {
        var method: String
        /// Begins with a slash; unreserved characters and slashes.
        var path: String
        /// Values as they are; sorted and escaped when sent.
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        var file: OutboundFile?
        /// Of the body, in hexadecimal.
        var bodyDigest = Hex.encode(SHA256.hash([]))
        var timeout = S3Client.timeout
        /// Bytes of the answer at most.
        var answerLimit = 65_536
    }

    private let settings: S3Settings
    private let sender: OutboundSender
    private let pause: Duration

    init(_ settings: S3Settings, sender: OutboundSender, pause: Duration = S3Client.firstPause) {
        self.settings = settings
        self.sender = sender
        self.pause = pause
    }

    /// Sends a request until it is answered otherwise than with a passing failure, or the attempts are used up.
    ///
    /// - Returns: an answer with a status below 300; 404, or 416 when the object ends before a range.
    /// - Throws: `BlobError.unavailable`, which says what the store says.
    func send(_ request: Request) async throws(BlobError) -> OutboundResponse {
        let outbound = try outbound(request)
        var pause = pause
        var attempt = 0
        while true {
            attempt += 1
            let isLast = attempt == Self.attempts
            switch await sender.send(outbound) {
            case .success(let response) where Self.isAnswer(response): return response
            case .success(let response):
                guard !isLast, Self.isPassing(response.status) else { throw Self.refusal(response, of: request) }
            case .failure(let failure):
                guard !isLast, Self.isPassing(failure) else {
                    throw .unavailable(reason: "\(request.method) did not reach the S3 store: \(failure.word)")
                }
            }
            try? await Task.sleep(for: pause)
            pause *= 2
        }
    }

    private func outbound(_ request: Request) throws(BlobError) -> OutboundRequest {
        let query = request.query.map { (name: $0.name, value: PercentEncoding.encode($0.value)) }.sorted { $0.name < $1.name }
        let url: OutboundURL
        do {
            url = try settings.url(path: request.path, query: query)
        } catch {
            throw .unavailable(reason: "no URL of the S3 store: \(error.reason)")
        }
        return OutboundRequest(
            method: request.method, url: url, headers: [("x-amz-content-sha256", request.bodyDigest)] + request.headers,
            file: request.file, credential: settings.credential, keepsConnection: true, timeout: request.timeout,
            bodyLimit: request.answerLimit, overflow: .refuse)
    }

    /// A key that is not there is an answer; a bucket that is not there is none. The answer to HEAD does not tell them apart.
    private static func isAnswer(_ response: OutboundResponse) -> Bool {
        switch response.status {
        case ..<300, 416: true
        case 404: S3Answer.errorCode(response.body) != "NoSuchBucket"
        default: false
        }
    }

    private static func isPassing(_ status: Int) -> Bool {
        [408, 429, 500, 502, 503, 504].contains(status)
    }

    private static func isPassing(_ failure: OutboundFailure) -> Bool {
        switch failure {
        case .unresolvable, .unreachable, .timedOut, .reset, .busy: true
        default: false
        }
    }

    private static func refusal(_ response: OutboundResponse, of request: Request) -> BlobError {
        let code = S3Answer.errorCode(response.body).map { " (\($0))" } ?? ""
        return .unavailable(reason: "the S3 store answered \(request.method) with \(response.status)\(code)")
    }
}
