internal import CCurl
internal import Security

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// One request in the hands of libcurl, and what has come back so far. It belongs to the client's thread.
final class Transfer {
    /// Bytes of all header fields of an answer.
    static let headerLimit = 65_536
    /// How long a file waits for the other side to say that it wants it, in milliseconds; then it is sent.
    private static let expectationMilliseconds = 200

    let handle: UnsafeMutableRawPointer
    let finish: (Result<OutboundResponse, OutboundFailure>) -> Void
    private let request: OutboundRequest
    /// Whom the request goes to, by name.
    var host: String { request.url.host }
    private let address: String
    private let authorities: String?
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    /// How much of the request's file has been read.
    private var sent: Int64 = 0
    private var isCut = false
    private var isElsewhere = false
    /// Whether the fields of the answer have ended: what comes after the body does not count among them (RFC 9110 6.5.1).
    private var isPastFields = false
    /// Whether libcurl has taken every option.
    private var isConfigured = true

    /// Nil when libcurl does not take an option: a request without one of its bounds is not sent.
    ///
    /// - Parameters:
    ///   - address: the numeric address that has been checked.
    ///   - authorities: a file with the certificates of those who are believed; nil: the system's.
    init?(
        _ request: OutboundRequest, to address: String, authorities: String?,
        finish: @escaping (Result<OutboundResponse, OutboundFailure>) -> Void
    ) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.finish = finish
        self.request = request
        self.address = address
        self.authorities = authorities
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
        if let authorities {
            set(CURLOPT_CAINFO, authorities)
            // Otherwise those of the system's folder would be believed too.
            note(roost_curl_set_pointer(handle, CURLOPT_CAPATH, nil))
        }
        set(CURLOPT_FRESH_CONNECT, request.keepsConnection ? 0 : 1)
        set(CURLOPT_FORBID_REUSE, request.keepsConnection ? 0 : 1)
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
        if let file = request.file {
            set(CURLOPT_UPLOAD, 1)
            note(roost_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(file.length)))
            note(roost_curl_set_receiver(handle, CURLOPT_READFUNCTION) { Transfer.from($3)?.read($0, $2) ?? Int(CURL_READFUNC_ABORT) })
            note(roost_curl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque()))
            // A connection that was kept may turn out to be closed when the request is on its way; then it is sent anew.
            note(roost_curl_set_seek(handle) { Transfer.from($0)?.seek(to: $1, from: $2) ?? CURL_SEEKFUNC_FAIL })
            note(roost_curl_set_pointer(handle, CURLOPT_SEEKDATA, Unmanaged.passUnretained(self).toOpaque()))
            // With a signature the other side is asked first, and some never answer that.
            set(CURLOPT_EXPECT_100_TIMEOUT_MS, Self.expectationMilliseconds)
        } else if !request.body.isEmpty {
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, request.body.count)
            request.body.withUnsafeBytes { body in
                note(roost_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress)))
            }
        }
        // Otherwise it would wait for the body that the answer to HEAD announces.
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        set(CURLOPT_CUSTOMREQUEST, request.method)
        var fields = request.headers.map { "\($0.name): \($0.value)" }
        if let credential = request.credential {
            set(CURLOPT_AWS_SIGV4, "aws:amz:\(credential.region):s3")
            set(CURLOPT_USERNAME, credential.accessKey)
            set(CURLOPT_PASSWORD, credential.secretKey)
        } else {
            // A body is sent without asking first. Not with a signature: libcurl would sign this field, and then not send it.
            fields.append("Expect:")
        }
        list(CURLOPT_HTTPHEADER, fields)
    }

    /// The next piece of the file. libcurl's thread waits for the disk: the file has just been written.
    private func read(_ buffer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let file = request.file, let buffer else { return Int(CURL_READFUNC_ABORT) }
        let wanted = Int(min(Int64(count), file.length - sent))
        let read = file.read(at: sent, into: UnsafeMutableRawBufferPointer(start: buffer, count: wanted))
        // A file that has become shorter is no end of the body.
        guard let read, read > 0 || wanted == 0 else { return Int(CURL_READFUNC_ABORT) }
        sent += Int64(read)
        return read
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

    private func seek(to offset: curl_off_t, from origin: Int32) -> Int32 {
        guard origin == SEEK_SET, offset >= 0 else { return CURL_SEEKFUNC_FAIL }
        sent = Int64(offset)
        return CURL_SEEKFUNC_OK
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
