public import HTTPClient

/// Where the bytes of blobs are kept.
public enum BlobPlace: Sendable {
    /// In the data folder.
    case disk
    /// In a bucket of an S3-compatible store; `sender` sends the requests.
    case s3(S3Settings, sender: OutboundSender)
}
