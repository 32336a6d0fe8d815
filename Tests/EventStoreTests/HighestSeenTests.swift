import Digest
import Events
import Glibc
import StoreConformance
import System
import Testing

@testable import EventStore

@Suite("What was seen of a log")
struct HighestSeenTests {
    private func head(_ position: Position) -> Head {
        Head(position: position, hash: SHA256.hash(Array("\(position)".utf8)))
    }

    @Test("is nothing at first, then the highest that anybody told")
    func highest() throws {
        let directory = try StateDirectory()
        let (one, other) = (directory.seen, directory.seen)
        #expect(try one.highest() == nil)
        one.saw(head(7), of: "d")
        #expect(try other.highest() == HighestSeen.Entry(databaseID: "d", head: head(7)))
        other.saw(head(40), of: "d")
        one.saw(head(12), of: "d")
        #expect(try one.highest()?.head == head(40) && directory.seen.highest()?.head == head(40))
        #expect(try FileSystem.mode(of: one.path) == 0o600)
        #expect(one.problem == nil && other.problem == nil)
    }

    @Test("makes its directory where that is missing, and a file that was removed anew")
    func made() throws {
        let directory = try StateDirectory()
        let seen = HighestSeen(stateDirectory: directory.path + "/a/b")
        seen.saw(head(1), of: "d")
        #expect(try HighestSeen(stateDirectory: directory.path + "/a/b").highest()?.head == head(1))
        try DurableFile.remove(seen.path)
        #expect(try seen.highest() == nil)
        seen.saw(head(2), of: "d")
        #expect(try HighestSeen(stateDirectory: directory.path + "/a/b").highest()?.head == head(2))
    }

    @Test("stays the highest when many tell at once, some of them late")
    func many() async throws {
        let directory = try StateDirectory()
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                let seen = directory.seen
                group.addTask {
                    for position in stride(from: lane + 1, through: 4000, by: 8) {
                        seen.saw(self.head(position), of: "d")
                    }
                }
            }
        }
        #expect(try directory.seen.highest()?.head == head(4000))
    }

    @Test("leaves out a slot that is half written")
    func torn() throws {
        let directory = try StateDirectory()
        let seen = directory.seen
        for position in 20...23 { seen.saw(head(position), of: "d") }
        let (old, new) = (
            HighestSeen.line(HighestSeen.Entry(databaseID: "d", head: head(23))),
            HighestSeen.line(HighestSeen.Entry(databaseID: "d", head: head(39)))
        )
        for cut in [1, 2, 5, 40, 70] {
            try write(Array(new[..<cut] + old[cut...]), slot: 39 % SlotFile.slots, of: seen.path)
            #expect(try [22, 23].contains(directory.seen.highest()?.head.position), "\(cut)")
        }
        try write(new, slot: 39 % SlotFile.slots, of: seen.path)
        #expect(try directory.seen.highest()?.head == head(39))
    }

    private func write(_ slot: [UInt8], slot number: Int, of path: String) throws {
        var bytes = try #require(try DurableFile.read(path, limit: 1 << 20))
        bytes.replaceSubrange(number * SlotFile.slotBytes..<(number + 1) * SlotFile.slotBytes, with: slot)
        try DurableFile.write(bytes, to: path)
    }

    @Test("is damaged where a file says nothing: that is not as good as nothing seen")
    func damaged() throws {
        let directory = try StateDirectory()
        try DurableFile.write(Array("what is this?".utf8), to: directory.seen.path)
        let error = #expect(throws: StoreError.self) { try directory.seen.highest() }
        #expect(error?.code == .damaged && error?.message.contains(directory.seen.path) == true)
        let seen = directory.seen
        seen.saw(head(5), of: "d")
        #expect(seen.problem != nil, "it is not overwritten in silence")
    }

    @Test("is not looked for behind a symbolic link")
    func link() throws {
        let (directory, other) = (try StateDirectory(), try StateDirectory())
        other.seen.saw(head(5), of: "d")
        #expect(symlink(other.seen.path, directory.seen.path) == 0)
        #expect(throws: StoreError.self) { try directory.seen.highest() }
    }
}
