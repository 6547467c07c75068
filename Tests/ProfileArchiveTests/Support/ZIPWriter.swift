/// Writes ZIP archives byte by byte (APPNOTE 6.3.10, 4.3), with whatever lies a test wants.
struct ZIPWriter {
    var entries: [ZIPEntry] = []
    var comment: [UInt8] = []
    /// What stands before the first entry; the offsets count it.
    var start: [UInt8] = []
    /// What the end says of the number of entries; nil: the truth.
    var count: UInt64?
    /// Whether the end has a record for large numbers before it.
    var isLarge = false

    var bytes: [UInt8] {
        var archive = start
        var directory: [UInt8] = []
        for entry in entries {
            let offset = entry.borrowedOffset ?? UInt32(archive.count)
            if entry.borrowedOffset == nil { archive += local(entry) }
            directory += central(entry, offset)
        }
        let offset = archive.count
        return archive + directory + end(at: offset, size: directory.count)
    }

    private func local(_ entry: ZIPEntry) -> [UInt8] {
        let flags = entry.flags | (entry.hasDescriptor ? 8 : 0)
        let extra = entry.isLarge ? number(UInt16(1)) + number(UInt16(16)) + number(entry.size) + number(entry.packedSize) : []
        var bytes = number(UInt32(0x0403_4B50)) + number(UInt16(45)) + number(flags) + number(entry.method) + number(UInt32(0x5B6A_6000))
        bytes += entry.hasDescriptor ? [UInt8](repeating: 0, count: 12) : number(entry.checksum) + sizes(entry)
        bytes += number(UInt16(entry.name.count)) + number(UInt16(extra.count)) + entry.name + extra + entry.packed
        if entry.hasDescriptor { bytes += number(UInt32(0x0807_4B50)) + number(entry.checksum) + sizes(entry) }
        return bytes
    }

    private func central(_ entry: ZIPEntry, _ offset: UInt32) -> [UInt8] {
        let large = entry.isLarge ? number(UInt16(1)) + number(UInt16(16)) + number(entry.size) + number(entry.packedSize) : []
        let extra = large + entry.extra
        let flags = entry.flags | (entry.hasDescriptor ? 8 : 0)
        var bytes = number(UInt32(0x0201_4B50)) + number(UInt16(45)) + number(UInt16(45)) + number(flags) + number(entry.method)
        bytes += number(UInt32(0x5B6A_6000)) + number(entry.checksum) + sizes(entry)
        bytes += number(UInt16(entry.name.count)) + number(UInt16(extra.count)) + number(UInt16(0))
        bytes += number(UInt16(0)) + number(UInt16(0)) + number(UInt32(0)) + number(offset)
        return bytes + entry.name + extra
    }

    private func sizes(_ entry: ZIPEntry) -> [UInt8] {
        if entry.isLarge { return number(UInt32.max) + number(UInt32.max) }
        return number(UInt32(truncatingIfNeeded: entry.packedSize)) + number(UInt32(truncatingIfNeeded: entry.size))
    }

    private func end(at offset: Int, size: Int) -> [UInt8] {
        let count = count ?? UInt64(entries.count)
        var bytes: [UInt8] = []
        if isLarge {
            bytes += number(UInt32(0x0606_4B50)) + number(UInt64(44)) + number(UInt16(45)) + number(UInt16(45)) + number(UInt32(0))
            bytes += number(UInt32(0)) + number(count) + number(count) + number(UInt64(size)) + number(UInt64(offset))
            bytes += number(UInt32(0x0706_4B50)) + number(UInt32(0)) + number(UInt64(offset + size)) + number(UInt32(1))
        }
        let short = isLarge ? UInt16.max : UInt16(truncatingIfNeeded: count)
        bytes += number(UInt32(0x0605_4B50)) + number(UInt32(0)) + number(short) + number(short)
        bytes += isLarge ? number(UInt32.max) + number(UInt32.max) : number(UInt32(size)) + number(UInt32(offset))
        return bytes + number(UInt16(comment.count)) + comment
    }
}

/// The bytes of a number, the lowest first.
func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
}
