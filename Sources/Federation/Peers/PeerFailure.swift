/// Why another server has not done what it was asked for (contracts/reileta.md 3.1, step 6).
public enum PeerFailure: Error, Sendable, Equatable {
    /// What was asked for is no address of a server, or none is there.
    case unknownServer(reason: String)
    /// The operator does not want the server.
    case blocked
    /// It does not answer, or too late.
    case noResponse(reason: String)
    /// It is not asked: as many requests are under way as may be. That says nothing of it.
    case busy(reason: String)
    /// What it answers is no JSON.
    case badData
    /// It answers with neither data nor an error.
    case noData
    /// What it answers has another shape than it should.
    case badStructure(reason: String)
    /// It sends us elsewhere, and elsewhere is no address, or sends us on again.
    case badRedirection
    /// It has refused: its own number, status and sentence.
    case refused(code: Int, status: Int, message: String)
    /// It does not prove that it is who it says.
    case unproven(reason: String)
}

extension PeerFailure {
    /// What has happened, for the operator.
    public var sentence: String {
        switch self {
        case .unknownServer(let reason): "The server cannot be found: \(reason)"
        case .blocked: "The server is not wanted here."
        case .noResponse(let reason): "The server does not answer: \(reason)"
        case .busy(let reason): "The server is not asked: \(reason)"
        case .badData: "What the server answers is no JSON."
        case .noData: "The server answers with neither data nor an error."
        case .badStructure(let reason): "What the server answers has another shape: \(reason)"
        case .badRedirection: "The server sends us on to no address."
        case .refused(let code, _, let message): "The server has refused (\(code)): \(message)"
        case .unproven(let reason): "The server has not proved who it is: \(reason)"
        }
    }
}
