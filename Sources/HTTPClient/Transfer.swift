internal import CCurl
internal import Security

/// One request in the hands of libcurl, and what has come back so far. It belongs to the client's thread.
final class Transfer {
    /// Bytes of all header fields of an answer.
    static let headerLimit = 65_536

    let handle: UnsafeMutableRawPointer
    let finish: (Result<OutboundResponse, OutboundFailure>) -> Void
    private let request: OutboundRequest
    private let address: String
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isCut = false
    private var isElsewhere = false
    /// Whether the fields of the answer have ended: what comes after the body does not count among them (RFC 9110 6.5.1).
    private var isPastFields = false
    /// Whether libcurl has taken every option.
    private var isConfigured = true

    /// Nil when libcurl does not take an option: a request without one of its bounds is not sent.
    ///
    /// - Parameter address: the numeric address that has been checked.
    init?(_ request: OutboundRequest, to address: String, finish: @escaping (Result<OutboundResponse, OutboundFailure>) -> Void) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.finish = finish
        self.request = request
        self.address = address
        configure()
        guard isConfigured else {
            close()
            return nil
        }
    }

    /// Frees what libcurl holds; the handle must not be in a multi handle any more.
    func close() {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
    }

    private func configure() {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, request.url.text)
        set(CURLOPT_PROTOCOLS_STR, request.url.scheme)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        // Not from the environment either.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        pin()
        setRequest()
        setReceivers()
    }

    /// The connection goes to the checked address; TLS and `Host` keep the name.
    private func pin() {
        guard !request.url.isLiteral else { return }
        let numeric = address.contains(":") ? "[\(address)]" : address
        list(CURLOPT_CONNECT_TO, ["\(request.url.host):\(request.url.port):\(numeric):\(request.url.port)"])
    }

    private func setRequest() {
        if !request.body.isEmpty {
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, request.body.count)
            request.body.withUnsafeBytes { body in
                note(roost_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress)))
            }
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
        // A body is sent without asking first.
        list(CURLOPT_HTTPHEADER, request.headers.map { "\($0.name): \($0.value)" } + ["Expect:"])
    }

    private func setReceivers() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        note(roost_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { Transfer.from($3)?.receive($0, $2) ?? 0 })
        note(roost_curl_set_pointer(handle, CURLOPT_WRITEDATA, me))
        note(roost_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { Transfer.from($3)?.receiveHeader($0, $2) ?? 0 })
        note(roost_curl_set_pointer(handle, CURLOPT_HEADERDATA, me))
        let check = roost_curl_set_check(handle) { context, peer, _, _, _ in
            Transfer.from(context)?.isConnected(to: peer.map { String(cString: $0) } ?? "") == true
                ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        note(check)
        note(roost_curl_set_pointer(handle, CURLOPT_PREREQDATA, me))
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: What comes back

    /// The last look: connected, and nothing sent yet. One address has several spellings in IPv6.
    private func isConnected(to peer: String) -> Bool {
        isElsewhere = AddressRange(address)?.contains(peer) != true
        return !isElsewhere
    }

    private func receive(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        let room = request.bodyLimit - body.count
        body += UnsafeRawBufferPointer(start: bytes, count: min(count, room))
        guard count > room else { return count }
        isCut = true
        return 0
    }

    private func receiveHeader(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
        headerBytes += count
        guard let bytes, headerBytes <= Self.headerLimit else { return 0 }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        // A status line begins the fields anew: those of an interim answer do not count.
        if line.hasPrefix("HTTP/") { (headers, isPastFields) = ([], false) }
        if line == "\r\n" || line == "\n" { isPastFields = true }
        guard !isPastFields, let colon = line.firstIndex(of: ":") else { return count }
        headers.append((line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingLine))
        return count
    }

    /// What libcurl's verdict means.
    func result(_ code: CURLcode) -> Result<OutboundResponse, OutboundFailure> {
        if isElsewhere { return .failure(.forbiddenAddress) }
        if isCut, request.overflow == .refuse { return .failure(.tooLarge(limit: request.bodyLimit)) }
        guard code == CURLE_OK || isCut else { return .failure(Self.failure(code)) }
        var status = 0
        roost_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return .success(OutboundResponse(status: status, headers: headers, body: body))
    }

    private static func failure(_ code: CURLcode) -> OutboundFailure {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_CONNECT: .unreachable
        case CURLE_COULDNT_RESOLVE_HOST: .unresolvable
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER:
            .insecure
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE: .reset
        default: .malformed
        }
    }

    // MARK: Options

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { isConfigured = false }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        note(roost_curl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) {
        note(roost_curl_set_text(handle, option, value))
    }

    private func list(_ option: CURLoption, _ values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            guard let longer = curl_slist_append(list, value) else {
                isConfigured = false
                break
            }
            list = longer
        }
        lists.append(list)
        note(roost_curl_set_pointer(handle, option, list))
    }
}

extension Substring {
    /// A field's value without what stands around it on its line.
    fileprivate var trimmingLine: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension Duration {
    /// At least one: to libcurl, zero is no bound at all.
    fileprivate var milliseconds: Int {
        max(Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000), 1)
    }
}
