internal import Community
internal import Reactor
internal import Security
internal import Storage

/// `roost admin`: works on the data folder, also while the server runs.
struct AdministrationCommand {
    let configuration: Configuration

    /// Makes an administrator; the password is the first line of the standard input.
    func createAdministrator(_ username: String) async throws {
        let password = PasswordInput.read()
        try await withCommunity { community in
            try await community.createAdministrator(username: username, password: password)
        }
        Output.write("\(username) is an administrator now.\n")
    }

    /// Gives an account a new password, the first line of the standard input, and ends its logins.
    func resetPassword(of username: String) async throws {
        let password = PasswordInput.read()
        try await withCommunity { community in
            try await community.resetPassword(of: username, to: password)
        }
        Output.write("\(username) has a new password; all its logins have ended.\n")
    }

    /// Prints the logins of an account, the one used last first.
    func listSessions(of username: String) async throws {
        try await withCommunity { community in
            Output.write(SessionTable.text(of: try await community.sessions(of: username)))
        }
    }

    /// Ends a login of an account, or all of them.
    func endSession(_ session: SessionID?, of username: String) async throws {
        try await withCommunity { community in
            try await community.endSession(session, of: username)
        }
        Output.write(session == nil ? "All logins of \(username) have ended.\n" : "The login has ended.\n")
    }

    private func withCommunity(_ body: (Community) async throws -> Void) async throws {
        try await DataFolderWork(configuration: configuration).run { work in try await body(work.community) }
    }
}
