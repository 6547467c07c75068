import Security
import Testing

/// contracts/cosmos.md 3.3, verification steps 1 and 2: the two fields, before any key is looked at.
struct SignatureFieldTests {
    private typealias Maker = RequestMaker

    private func candidates(_ message: SignedMessage) throws(SignatureFailure) -> [MessageSignature] {
        try MessageSignature.candidates(in: message, of: .serverRequest)
    }

    private func failure(_ message: SignedMessage) -> SignatureFailure? {
        do throws(SignatureFailure) {
            _ = try candidates(message)
            return nil
        } catch {
            return error
        }
    }

    private static func tagged(_ labels: some Sequence<String>) -> String {
        labels.map { "\($0)=\(Maker.covered)\(Maker.parameters)" }.joined(separator: ", ")
    }

    private static func foreign(_ labels: some Sequence<String>) -> String {
        labels.map { "\($0)=();tag=\"other\"" }.joined(separator: ", ")
    }

    private static func signatures(_ labels: some Sequence<String>) -> String {
        labels.map { "\($0)=\(Maker.noSignature)" }.joined(separator: ", ")
    }

    private static func labels(_ count: Int) -> [String] { (0..<count).map { "s\($0)" } }

    /// "No tagged member => not S2S".
    @Test func aMessageWithoutTheTagIsSomethingElse() throws {
        #expect(try candidates(Maker.post([], [])).isEmpty)
        #expect(try candidates(Maker.post([], ["a=\(Maker.noSignature)"])).isEmpty)
        #expect(try candidates(Maker.post([Self.foreign(["a"])], [Self.signatures(["a"])])).isEmpty)
        #expect(try candidates(Maker.post(Maker.covered + Maker.times + Maker.nonce + Maker.keyID)).isEmpty)
        #expect(try candidates(Maker.post(Maker.covered + Maker.times + #";tag="cosmos-keys-v1""#)).isEmpty)
    }

    /// 3.2: "never fall back": what holds the tag and cannot be read is a failure, not another kind of request.
    @Test(
        arguments: [
            (#"a=("@method";tag="cosmos-s2s-v1""#, "a field is no dictionary"),
            (#"a=("@method");tag="cosmos-s2s-v1","#, "a field is no dictionary"),
            (#"A=("@method");tag="cosmos-s2s-v1""#, "a field is no dictionary"),
            ("a=();tag=cosmos-s2s-v1", "no signature has the tag where it belongs"),
            (#"a="cosmos-s2s-v1""#, "no signature has the tag where it belongs"),
            (#"a=1;tag="cosmos-s2s-v1""#, "no signature has the tag where it belongs"),
            (#"a=("@method";tag="cosmos-s2s-v1")"#, "no signature has the tag where it belongs"),
            (#"a=();tag="cosmos-s2s-v10""#, "no signature has the tag where it belongs"),
        ]) func whatHoldsTheTagButCannotBeReadIsRefused(_ input: String, _ reason: String)
    {
        #expect(failure(Maker.post([input], ["a=\(Maker.noSignature)"])) == .malformed(reason))
    }

    @Test func labelsOfTheTwoFieldsAreTheSame() {
        let differ = SignatureFailure.malformed("the two fields name different signatures")
        #expect(failure(Maker.post([Self.tagged(["a"])], [])) == differ)
        #expect(failure(Maker.post([Self.tagged(["a"])], [Self.signatures(["b"])])) == differ)
        #expect(failure(Maker.post([Self.tagged(["a"])], [Self.signatures(["a", "b"])])) == differ)
        #expect(failure(Maker.post([Self.tagged(["a", "b"])], [Self.signatures(["a"])])) == differ)
        #expect(failure(Maker.post([Self.tagged(["a"]), Self.foreign(["b"])], [Self.signatures(["b", "a"])])) == nil)
    }

    @Test func aLabelIsThereOnce() {
        let twice = SignatureFailure.malformed("a name is there twice")
        #expect(failure(Maker.post([Self.tagged(["a", "a"])], [Self.signatures(["a"])])) == twice)
        #expect(failure(Maker.post([Self.tagged(["a"]), Self.foreign(["a"])], [Self.signatures(["a"])])) == twice)
        #expect(failure(Maker.post([Self.tagged(["a"])], [Self.signatures(["a"]), Self.signatures(["a"])])) == twice)
        #expect(failure(Maker.post(Maker.covered + Maker.parameters + ";created=1767225600")) == twice)
        #expect(failure(Maker.post(#"("@method";req;req)"# + Maker.parameters)) == twice)
    }

    /// "Consider only members with our tag, at most 3"; "more than 8 labels".
    @Test func thereAreAtMostEightSignaturesAndThreeOfThisKind() throws {
        let (seven, eight) = (Self.labels(7), Self.labels(8))
        #expect(
            try candidates(Maker.post([Self.tagged(["a"]), Self.foreign(seven)], [Self.signatures(["a"] + seven)])).map(\.label) == ["a"])
        #expect(
            failure(Maker.post([Self.tagged(["a"]), Self.foreign(eight)], [Self.signatures(["a"] + eight)]))
                == .malformed("a message has at most 8 signatures"))
        #expect(
            try candidates(Maker.post([Self.tagged(Self.labels(3))], [Self.signatures(Self.labels(3))])).map(\.label) == ["s0", "s1", "s2"])
        #expect(
            failure(Maker.post([Self.tagged(Self.labels(4))], [Self.signatures(Self.labels(4))]))
                == .malformed("at most 3 signatures have the tag"))
    }

    /// "Header over 4 KiB", in one line or in several.
    @Test func eachFieldHasAtMostFourKibibytes() {
        let start = "a=\(Maker.covered)\(Maker.parameters);more=\"\""
        func padded(_ length: Int) -> String {
            String(start.dropLast()) + String(repeating: "x", count: length - start.utf8.count) + "\""
        }
        let tooLong = SignatureFailure.malformed("a field has at most 4096 bytes")
        #expect(failure(Maker.post([padded(4_096)], [Self.signatures(["a"])])) == nil)
        #expect(failure(Maker.post([padded(4_097)], [Self.signatures(["a"])])) == tooLong)
        #expect(failure(Maker.post([padded(4_090), "b=(); x"], [Self.signatures(["a", "b"])])) == tooLong)
        let long = "a=\(Maker.noSignature);more=\"" + String(repeating: "x", count: 4_096) + "\""
        #expect(failure(Maker.post([Self.tagged(["a"])], [long])) == tooLong)
    }

    /// "More than 32 components".
    @Test func aSignatureCoversAtMostThirtyTwoComponents() {
        func list(_ count: Int) -> String {
            String(Maker.covered.dropLast()) + (6..<count).map { " \"x-\($0)\"" }.joined() + ")" + Maker.parameters
        }
        #expect(failure(Maker.post(list(32))) == nil)
        #expect(failure(Maker.post(list(33))) == .malformed("at most 32 components are covered"))
    }

    @Test(
        arguments: [
            #"("@authority" "@path" "@query" "content-digest" "content-type")"#,
            #"("@method" "@path" "@query" "content-digest" "content-type")"#,
            #"("@method" "@authority" "@query" "content-digest" "content-type")"#,
            #"("@method" "@authority" "@path" "content-digest" "content-type")"#,
            #"("@method" "@authority" "@path" "@query" "content-type")"#, #"("@method" "@authority" "@path" "@query" "content-digest")"#,
            #"("@target-uri" "content-digest" "content-type")"#, #"("@method" "@target-uri" "content-type")"#, "()",
        ]) func allThatHasToBeIsCovered(_ list: String)
    {
        #expect(failure(Maker.post(list + Maker.parameters)) == .malformed("not all that has to be is covered"))
    }

    @Test func theWholeAddressStandsForItsParts() {
        #expect(failure(Maker.post(#"("@target-uri" "content-type" "@method" "content-digest")"# + Maker.parameters)) == nil)
    }

    /// "If a Cosmos-User-Assertion header is present, also it"; the id of an event decides whether it is taken (9.7).
    @Test(arguments: ["cosmos-user-assertion", "webhook-id"]) func whatDecidesIsCoveredWhenItIsThere(_ name: String) {
        let list = String(Maker.covered.dropLast()) + " \"\(name)\")" + Maker.parameters
        #expect(
            failure(Maker.post(Maker.covered + Maker.parameters, more: [(name, "x")])) == .malformed("not all that has to be is covered"))
        #expect(failure(Maker.post(list, more: [(name, "x")])) == nil)
        #expect(failure(Maker.post(list, more: [(name, "x"), (name, "y")])) == .malformed("a covered field is there twice"))
    }

    @Test func withoutABodyThereIsNothingToDigest() {
        var message = Maker.post(#"("@method" "@authority" "@path" "@query")"# + Maker.parameters)
        #expect(failure(message) == .malformed("not all that has to be is covered"))
        message.body = []
        #expect(failure(message) == nil)
    }

    /// "Component parameters are not allowed in requests of this profile"; a component is covered once (RFC 9421 2).
    @Test(
        arguments: [
            (#""@path""#, "a component is covered twice"), (#""x-a" "x-a""#, "a component is covered twice"),
            (#""@path";req"#, "a component has parameters"), (#""x-a";sf"#, "a component has parameters"),
            (#""x-a";key="b""#, "a component has parameters"), (#""x-a";bs"#, "a component has parameters"),
            (#""x-a";tr"#, "a component has parameters"), (#""@query-param";name="a""#, "a component has parameters"),
            (#""x-a";req=?0"#, "a component has parameters"), (#""x-a";req;sf"#, "a component has parameters"),
            (#""X-A""#, "a component is not the name of a field in lower case"),
            (#""""#, "a component is not the name of a field in lower case"),
            (#""x a""#, "a component is not the name of a field in lower case"),
            (#""x\"a""#, "a component is not the name of a field in lower case"),
            ("x-a", "a component is not the name of a field in lower case"), ("5", "a component is not the name of a field in lower case"),
        ]) func aComponentIsAPlainName(_ component: String, _ reason: String)
    {
        #expect(failure(Maker.post(String(Maker.covered.dropLast()) + " \(component))" + Maker.parameters)) == .malformed(reason))
    }

    /// "Parameters, required".
    @Test(
        arguments: [
            (";expires=1767225660", RequestMaker.nonce, RequestMaker.keyID, "created and expires are whole numbers"),
            (";created=1767225600", RequestMaker.nonce, RequestMaker.keyID, "created and expires are whole numbers"),
            (";created=1767225600.0;expires=1767225660", RequestMaker.nonce, RequestMaker.keyID, "created and expires are whole numbers"),
            (";created=@1767225600;expires=@1767225660", RequestMaker.nonce, RequestMaker.keyID, "created and expires are whole numbers"),
            (";created=\"1767225600\";expires=1767225660", RequestMaker.nonce, RequestMaker.keyID, "created and expires are whole numbers"),
            (RequestMaker.times, "", RequestMaker.keyID, "nonce has 16 to 128 of A-Z a-z 0-9 - _"),
            (RequestMaker.times, #";nonce="fifteen-letters""#, RequestMaker.keyID, "nonce has 16 to 128 of A-Z a-z 0-9 - _"),
            (RequestMaker.times, #";nonce="sixteen letters!""#, RequestMaker.keyID, "nonce has 16 to 128 of A-Z a-z 0-9 - _"),
            (RequestMaker.times, ";nonce=sixteen-letters-", RequestMaker.keyID, "nonce has 16 to 128 of A-Z a-z 0-9 - _"),
            (
                RequestMaker.times, ";nonce=\"\(String(repeating: "n", count: 129))\"", RequestMaker.keyID,
                "nonce has 16 to 128 of A-Z a-z 0-9 - _"
            ),
            (RequestMaker.times, RequestMaker.nonce, "", "keyid is a thumbprint"),
            (RequestMaker.times, RequestMaker.nonce, #";keyid="k""#, "keyid is a thumbprint"),
            (RequestMaker.times, RequestMaker.nonce, ";keyid=poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U", "keyid is a thumbprint"),
            (RequestMaker.times, RequestMaker.nonce, #";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0=""#, "keyid is a thumbprint"),
            (RequestMaker.times, RequestMaker.nonce, #";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U0""#, "keyid is a thumbprint"),
            (RequestMaker.times, RequestMaker.nonce, RequestMaker.keyID + #";alg="hmac-sha256""#, "alg is ed25519"),
            (RequestMaker.times, RequestMaker.nonce, RequestMaker.keyID + #";alg="Ed25519""#, "alg is ed25519"),
            (RequestMaker.times, RequestMaker.nonce, RequestMaker.keyID + ";alg=ed25519", "alg is ed25519"),
        ]) func parametersAreWhatTheyHaveToBe(_ times: String, _ nonce: String, _ keyID: String, _ reason: String)
    {
        #expect(failure(Maker.post(Maker.covered + times + nonce + keyID + Maker.tag)) == .malformed(reason))
    }

    @Test func parametersReachTheirEnds() throws {
        for count in [16, 128] {
            let text = String(repeating: "_", count: count)
            let found = try candidates(
                Maker.post(Maker.covered + Maker.times + ";nonce=\"\(text)\"" + Maker.keyID + Maker.tag + #";alg="ed25519";more=?1"#))
            #expect(found.map(\.nonce) == [text])
        }
    }

    @Test(arguments: ["a=5", "a=\"x\"", "a", "a=(:AQ==:)", "a=?0"]) func aSignatureIsBytes(_ signature: String) {
        let failed = failure(Maker.post(["a=\(Maker.covered)\(Maker.parameters)"], [signature]))
        #expect(failed == .malformed("a signature is not a byte sequence"))
    }

    /// "Accept when one verifies ...; ignore the rest".
    @Test func theGoodOneOfTwoIsFound() throws {
        let bad = "b=()\(Maker.parameters)"
        let good = "a=\(Maker.covered)\(Maker.parameters)"
        for input in ["\(bad), \(good)", "\(good), \(bad)"] {
            #expect(try candidates(Maker.post([input], [Self.signatures(["a", "b"])])).map(\.label) == ["a"])
        }
    }

    /// 3.5: components `"@status" "content-digest" "@authority";req "@path";req`, created, expires, keyid; no nonce.
    @Test(
        arguments: [
            (#""@status" "content-digest" "@authority";req "@path";req"#, true),
            (#""@path";req "@authority";req "content-digest" "@status" "date""#, true),
            (#""content-digest" "@authority";req "@path";req"#, false), (#""@status" "@authority";req "@path";req"#, false),
            (#""@status" "content-digest" "@path";req"#, false), (#""@status" "content-digest" "@authority";req"#, false),
            (#""@status" "content-digest" "@authority" "@path";req"#, false),
            (#""@status" "content-digest" "@authority";req "@path""#, false),
            (#""@status" "content-digest" "@authority";req "@path";req "@path";req"#, false),
            (#""@status" "content-digest" "@authority";req "@path";req "date";sf"#, false),
        ]) func aKeyDocumentIsSignedForItsAddress(_ components: String, _ isGood: Bool) throws
    {
        let input = "a=(\(components))" + Maker.times + Maker.keyID + #";tag="cosmos-keys-v1""#
        let answer = Maker.post([], []).response(
            status: 200, headers: [("signature-input", input), ("signature", "a=\(Maker.noSignature)")], body: Array("{}".utf8))
        let found = try? MessageSignature.candidates(in: answer, of: .keyDocument)
        #expect(found.map(\.count) == (isGood ? 1 : nil))
        #expect(try candidates(answer).isEmpty)
    }
}
