import Primitives
import Testing

@testable import Blobs

/// What an S3-compatible store answers, read strictly: half a list must not pass for the whole.
struct S3AnswerTests {
    private func page(_ text: String) -> S3Answer.Page? { S3Answer.page(Array(text.utf8)) }

    private func list(_ content: String) -> String { "<ListBucketResult>\(content)</ListBucketResult>" }

    private let entry = "<Contents><Key>a0/x</Key><LastModified>2027-01-15T08:00:00.000Z</LastModified><Size>5</Size></Contents>"

    @Test func aPageIsRead() throws {
        let text = """
            <?xml version='1.0' encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/" note='a > b'>
              <Name>rookery</Name><Prefix/><MaxKeys >2</MaxKeys >
              <IsTruncated>true</IsTruncated><NextContinuationToken>a&#x2F;&#98;&lt;&amp;&quot;&apos;&gt;=</NextContinuationToken>
              <Contents><Key>a0/caf\u{E9} &amp; b</Key><Size>18446744</Size><LastModified>2027-01-15T08:00:00Z</LastModified>
                <Owner><ID>x<Deep>y</Deep></ID></Owner><StorageClass>STANDARD</StorageClass></Contents>
              <Contents><Key>a0/c</Key><Size>0</Size><LastModified>2027-01-15T08:00:00.5+01:00</LastModified></Contents>
            </ListBucketResult>
            """
        let page = try #require(self.page(text))
        #expect(page.continuation == "a/b<&\"'>=")
        #expect(page.entries.map(\.key) == ["a0/caf\u{E9} & b", "a0/c"] && page.entries.map(\.size) == [18_446_744, 0])
        #expect(page.entries[0].storedAt == Timestamp(seconds: 1_800_000_000))
        #expect(page.entries[1].storedAt == Timestamp(microseconds: 1_799_996_400_500_000))
        #expect(self.page(list("<IsTruncated>false</IsTruncated>")) == S3Answer.Page())
        #expect(self.page(list("<IsTruncated>false</IsTruncated>" + entry))?.entries.count == 1)
    }

    @Test func whatIsNotWholeIsNoPage() {
        let whole = list("<IsTruncated>false</IsTruncated>" + entry)
        #expect(page(whole) != nil)
        for text in [
            "", "<ListBucketResult>", list(""), list(entry), list("<IsTruncated>yes</IsTruncated>"),
            list("<IsTruncated>true</IsTruncated>"),
            String(whole.dropLast()), whole + whole, whole + "</x>", "<Other><IsTruncated>false</IsTruncated></Other>",
            whole.replacing("<Size>5</Size>", with: ""), whole.replacing("<Size>5</Size>", with: "<Size>-5</Size>"),
            whole.replacing("<Size>5</Size>", with: "<Size>five</Size>"), whole.replacing("2027-01-15T", with: ""),
            whole.replacing("<Key>a0/x</Key>", with: ""), whole.replacing("</Key>", with: "</Size>"),
            whole.replacing("a0/x", with: "a0&x"), whole.replacing("a0/x", with: "a0&nbsp;"), whole.replacing("a0/x", with: "&#xD800;"),
            "<!DOCTYPE x [<!ENTITY y 'z'>]>" + whole, whole.replacing("a0/x", with: "<![CDATA[a0/x]]>"),
            whole.replacing("a0/x", with: "<!-- no -->a0/x"), whole.replacing("<Key>", with: "<Key a=\"b>"),
        ] {
            #expect(page(text) == nil, "\(text)")
        }
        #expect(S3Answer.page([0xFF] + Array(whole.utf8)) == nil)
    }

    @Test func anErrorHasACode() {
        func code(_ text: String) -> String? { S3Answer.errorCode(Array(text.utf8)) }
        #expect(code("<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>") == "AccessDenied")
        for text in [
            "", "no", "<Error/>", "<Error><Code></Code></Error>", "<Error><Code>a b</Code></Error>", "<Error><Code>a\u{1B}</Code></Error>",
            "<Fault><Code>a</Code></Fault>", "<Error><Code>\(String(repeating: "a", count: 65))</Code></Error>",
        ] {
            #expect(code(text) == nil, "\(text)")
        }
    }
}
