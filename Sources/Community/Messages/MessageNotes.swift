internal import Storage

extension Transaction {
    /// Writes a message that notes what somebody has done to a channel of the home space; the event is for the caller.
    ///
    /// - Parameter channel: gets the note as its latest message.
    func insertNote(_ kind: MessageKind, content: String, by author: Author, in channel: inout Channel) throws -> Message {
        let note = Message(
            id: MessageID(nextID()), channelID: channel.id, spaceID: channel.spaceID, author: author, kind: kind, content: content,
            createdAt: now)
        try insert(note)
        try markRead(note.id, in: channel.id, by: author.id)
        channel.lastMessageID = note.id
        return note
    }
}
