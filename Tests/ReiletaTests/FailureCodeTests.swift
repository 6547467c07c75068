import HTTP
import Testing

@testable import Reileta

@Suite("Numbers of errors")
struct FailureCodeTests {
    /// The table of contracts/reileta.md 1.2.
    private static let statuses: [Int: Int] = [
        1: 503, 2: 404, 3: 403, 4: 403, 5: 403, 6: 503, 7: 503, 8: 503, 9: 503, 10: 307, 11: 503, 12: 403, 13: 501, 14: 400, 15: 403,
        16: 500, 17: 404, 18: 403, 19: 403, 20: 404, 21: 400, 22: 400, 23: 401, 24: 400, 25: 404, 26: 400, 27: 404, 28: 501, 29: 400,
        30: 409, 31: 409, 32: 400, 33: 400, 34: 400, 35: 404, 36: 404, 37: 409, 38: 403, 39: 403, 40: 400, 41: 403, 42: 418, 43: 403,
        44: 409, 45: 409, 46: 409, 47: 409, 48: 409, 49: 403, 50: 404, 100: 400, 101: 404, 102: 403, 103: 401, 104: 403, 105: 409,
        110: 400, 111: 404, 112: 409, 120: 404, 121: 409, 130: 413, 131: 415, 132: 404, 133: 400, 140: 429, 150: 400, 151: 404, 152: 403,
    ]

    @Test("has the status of the contract", arguments: FailureCode.allCases)
    func status(_ code: FailureCode) throws {
        #expect(code.status.code == (try #require(Self.statuses[code.rawValue])))
    }

    @Test(
        "has its name in words",
        arguments: [
            (FailureCode.userNotLogged, "User Not Logged"), (.userDontHavePermission, "User Dont Have Permission"),
            (.internalError, "Internal Error"), (.rateLimited, "Rate Limited"), (.socketInvalidFrame, "Socket Invalid Frame"),
        ])
    func words(_ code: FailureCode, _ words: String) {
        #expect(code.words == words)
    }

    @Test("says the name, and what is wrong")
    func message() {
        #expect(Failure(.worldNotFound).message == FailureCode.worldNotFound.words)
        #expect(Failure(.worldNotFound, "It is gone.").message == "\(FailureCode.worldNotFound.words): It is gone.")
    }
}
