import Glibc
import Testing

@testable import System

@Suite("A process that gives back its memory")
struct OwnMemoryTests {
    @Test("has large pieces from the kernel, which go back as soon as they are free")
    func giveBack() throws {
        try #require(OwnMemory.giveBack())
        // By itself the C library takes a size for ordinary once one of it was freed, up to 32 MB, and keeps it: larger than what may
        // happen to be free.
        let size = 30 << 20
        free(malloc(size))
        let piece = try #require(malloc(size))
        defer { free(piece) }
        // Pieces of their own are marked in the word before them (malloc(3) of glibc, IS_MMAPPED).
        #expect(piece.load(fromByteOffset: -MemoryLayout<Int>.size, as: Int.self) & 2 == 2)
    }
}
