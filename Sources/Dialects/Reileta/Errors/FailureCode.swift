internal import HTTP

/// The numbers of errors (contracts/reileta.md 1.2). Those up to 50 are those of the first servers of this API, those from 100 on are ours.
enum FailureCode: Int, CaseIterable {
    case serviceDisabled = 1
    case requestNotFound = 2
    case userNotLogged = 3
    case userDontHavePermission = 4
    case serverNotFound = 5
    case noResponseFromServer = 6
    case noDataFromServer = 7
    case badDataFromServer = 8
    case badRedirectionFromServer = 9
    case badStructureFromServer = 11
    case requestNotImplemented = 13
    case userInvalidInput = 14
    case userAlreadyConnected = 15
    case internalError = 16
    case userNotFound = 17
    case userCannotDelete = 19
    case sessionNotFound = 20
    case authInvalidInput = 22
    case authInvalidLogin = 23
    case worldInvalidInput = 24
    case worldNotFound = 25
    case worldAssetInvalidInput = 26
    case worldAssetNotFound = 27
    case notImplemented = 28
    case serverInvalidInput = 29
    case worldAlreadyExist = 30
    case worldAssetPreventUploadError = 31
    case worldAssetInvalidFile = 32
    case instanceInvalidInput = 33
    case integrityInvalidInput = 34
    case integrityNotFound = 35
    case instanceNotFound = 36
    case alreadyFollowing = 37
    case tagNotFound = 38
    case notInInstance = 39
    case invalidModerationType = 40
    case teapot = 42
    case assetAlreadyExists = 45
    case instanceAlreadyExists = 47
    case instanceIsFull = 48
    case userNotAllowed = 49
    case playerNotFound = 50
    case challengeInvalidInput = 100
    case challengeNotFound = 101
    case challengeRefused = 102
    case serverNotLogged = 103
    case serverBlocked = 104
    case userAlreadyExists = 105
    case serviceInvalidInput = 110
    case serviceNotFound = 111
    case serviceAlreadyExists = 112
    case candidateNotFound = 120
    case fileTooLarge = 130
    case fileInvalidType = 131
    case fileNotFound = 132
    case fileHashMismatch = 133
    case rateLimited = 140
    case socketInvalidFrame = 150
    case socketUnknownCommand = 151
    case subscriptionDenied = 152

    /// The status that goes with the number.
    var status: HTTPStatus {
        switch self {
        case .serviceDisabled, .noResponseFromServer, .noDataFromServer, .badDataFromServer, .badRedirectionFromServer,
            .badStructureFromServer:
            .serviceUnavailable
        case .serverNotLogged: .unauthorized
        case .requestNotFound, .userNotFound, .sessionNotFound, .worldNotFound, .worldAssetNotFound, .integrityNotFound,
            .instanceNotFound, .playerNotFound, .serviceNotFound, .candidateNotFound, .challengeNotFound, .fileNotFound,
            .socketUnknownCommand:
            .notFound
        case .userNotLogged, .userDontHavePermission, .serverNotFound, .userAlreadyConnected, .userCannotDelete, .tagNotFound,
            .notInInstance, .userNotAllowed, .subscriptionDenied, .challengeRefused, .serverBlocked:
            .forbidden
        case .userInvalidInput, .authInvalidInput, .worldInvalidInput, .worldAssetInvalidInput, .serverInvalidInput, .worldAssetInvalidFile,
            .instanceInvalidInput, .invalidModerationType, .serviceInvalidInput, .integrityInvalidInput, .challengeInvalidInput,
            .fileHashMismatch, .socketInvalidFrame:
            .badRequest
        case .worldAlreadyExist, .worldAssetPreventUploadError, .alreadyFollowing, .assetAlreadyExists, .instanceAlreadyExists,
            .instanceIsFull, .userAlreadyExists, .serviceAlreadyExists:
            .conflict
        case .internalError: .internalServerError
        case .authInvalidLogin: .unauthorized
        case .notImplemented, .requestNotImplemented: .notImplemented
        case .teapot: HTTPStatus(418, "I'm a teapot")
        case .fileTooLarge: .contentTooLarge
        case .fileInvalidType: .unsupportedMediaType
        case .rateLimited: .tooManyRequests
        }
    }

    /// The name of the error in words, which is all that clients show.
    var words: String {
        var words = ""
        for (place, character) in "\(self)".enumerated() {
            if character.isUppercase { words.append(" ") }
            words.append(contentsOf: place == 0 ? character.uppercased() : String(character))
        }
        return words
    }
}
