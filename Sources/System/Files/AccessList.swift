internal import CSystem
internal import Glibc

/// POSIX access lists (acl(5)): a directory that its owner and one other user may use, and nobody else.
enum AccessList {
    // linux/posix_acl_xattr.h and linux/posix_acl.h: the version, then entries of tag, permissions and id, little-endian and
    // ordered by tag.
    private static let version: UInt32 = 2
    private static let owner: UInt16 = 0x01
    private static let user: UInt16 = 0x02
    private static let group: UInt16 = 0x04
    private static let mask: UInt16 = 0x10
    private static let other: UInt16 = 0x20
    private static let all: UInt16 = 0o7
    private static let noID = UInt32.max

    /// Lets a user do in a directory of ours whatever we may do there; group and others may nothing. Throws `.permission`
    /// where the file system keeps no access lists.
    static func share(_ directory: String, with userID: UInt32) throws(SystemError) {
        let entries: [(tag: UInt16, permissions: UInt16, id: UInt32)] = [
            (owner, all, noID), (user, all, userID), (group, 0, noID), (mask, all, noID), (other, 0, noID),
        ]
        var value = bytes(version)
        for entry in entries { value += bytes(entry.tag) + bytes(entry.permissions) + bytes(entry.id) }
        guard cs_set_access_list(directory, value, value.count) == 0 else {
            guard errno == EOPNOTSUPP else { throw SystemError(errno: errno, "open \(directory) to user \(userID)") }
            throw SystemError(.permission, "the file system of \(directory) keeps no access lists (acl(5))")
        }
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
