/// The names in the central directory of a ZIP archive (APPNOTE 6.3.10, 4.3.12 to 4.3.16), as they stand in its bytes.
///
/// libzip reads the content of entries, but it reads the directory of every end that it finds, makes room for as many entries as are said, searches
/// names in lists that a sender can make long, and shows NUL bytes of names as spaces. So it is settled here, in one pass, that there is one
/// directory, with how many entries, and how those are named.
struct CentralDirectory {
    /// As many bytes from the end the directory's end may begin: its own 22, the comment, and what libzip looks through besides.
    private static let tail = 22 + 0xFFFF + 20

    /// The names of all entries, in order.
    let names: [[UInt8]]

    /// - Throws: `.invalidArchive` when there is none, or more than one, or one that is damaged or has more entries than the limit.
    init(_ archive: UnsafeRawBufferPointer, entryLimit: Int) throws(ProfileArchiveFailure) {
        let first = max(0, archive.count - Self.tail)
        var ends: [End] = []
        for position in first..<max(first, archive.count - 21) where archive[position] == UInt8(ascii: "P") {
            guard let end = End(archive, at: position) else { continue }
            guard ends.isEmpty else { throw .invalidArchive(reason: "it has two central directories") }
            ends.append(end)
        }
        guard let end = ends.first else { throw .invalidArchive(reason: "it has no central directory") }
        guard end.isComplete else { throw .invalidArchive(reason: "it is cut off in its comment") }
        names = try Self.names(archive, end, entryLimit)
    }

    private static func names(
        _ archive: UnsafeRawBufferPointer, _ end: End, _ entryLimit: Int
    ) throws(ProfileArchiveFailure) -> [[UInt8]] {
        let damaged = ProfileArchiveFailure.invalidArchive(reason: "its central directory is damaged")
        var names: [[UInt8]] = []
        var position = end.directory.lowerBound
        while position < end.directory.upperBound {
            guard names.count < entryLimit else { throw .invalidArchive(reason: "it has more than \(entryLimit) entries") }
            let start = position + 46
            guard start <= end.directory.upperBound, archive.number(at: position, as: UInt32.self) == 0x0201_4B50,
                let name = archive.number(at: position + 28, as: UInt16.self),
                let extra = archive.number(at: position + 30, as: UInt16.self),
                let comment = archive.number(at: position + 32, as: UInt16.self)
            else { throw damaged }
            position = start + Int(name) + Int(extra) + Int(comment)
            guard position <= end.directory.upperBound else { throw damaged }
            names.append(Array(archive[start..<start + Int(name)]))
        }
        guard end.count == UInt64(names.count) else {
            throw .invalidArchive(reason: "its central directory has \(names.count) entries and says otherwise")
        }
        return names
    }
}

extension CentralDirectory {
    /// An end of a central directory with a directory where it says.
    private struct End {
        /// Where the directory is.
        let directory: Range<Int>
        /// How many entries are said to be in it.
        let count: UInt64
        /// Whether all of its comment is there. Some programs take an end without it.
        let isComplete: Bool

        /// nil when there is none at this position.
        init?(_ archive: UnsafeRawBufferPointer, at position: Int) {
            guard archive.number(at: position, as: UInt32.self) == 0x0605_4B50,
                let comment = archive.number(at: position + 20, as: UInt16.self)
            else { return nil }
            isComplete = position + 22 + Int(comment) <= archive.count
            let size: UInt64
            let offset: UInt64
            if archive.number(at: position - 20, as: UInt32.self) == 0x0706_4B50 {
                guard let place = archive.number(at: position - 12, as: UInt64.self).flatMap({ Int(exactly: $0) }), place <= position - 76,
                    archive.number(at: place, as: UInt32.self) == 0x0606_4B50,
                    let count64 = archive.number(at: place + 32, as: UInt64.self),
                    let size64 = archive.number(at: place + 40, as: UInt64.self),
                    let offset64 = archive.number(at: place + 48, as: UInt64.self)
                else { return nil }
                (count, size, offset) = (count64, size64, offset64)
            } else {
                guard let count16 = archive.number(at: position + 10, as: UInt16.self),
                    let size32 = archive.number(at: position + 12, as: UInt32.self),
                    let offset32 = archive.number(at: position + 16, as: UInt32.self)
                else { return nil }
                (count, size, offset) = (UInt64(count16), UInt64(size32), UInt64(offset32))
            }
            guard size <= UInt64(position), offset <= UInt64(position) - size else { return nil }
            let start = Int(offset)
            guard size == 0 || archive.number(at: start, as: UInt32.self) == 0x0201_4B50 else { return nil }
            directory = start..<start + Int(size)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// A number, the lowest byte first; nil when it would lie outside.
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number? {
        guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
        return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
