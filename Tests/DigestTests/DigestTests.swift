import Digest
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-4's examples, and nothing at all.
    static let vectors: [(text: String, hex: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test("agrees with the published examples", arguments: vectors)
    func known(text: String, hex: String) {
        #expect(SHA256.hash(Array(text.utf8)).description == hex)
    }

    @Test("agrees with the published example of a million letters")
    func million() {
        let digest = SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect("\(digest)" == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("does not care how the bytes arrive, and a hasher serves again", arguments: vectors)
    func incremental(text: String, hex: String) {
        let bytes = Array(text.utf8)
        var hasher = SHA256()
        for _ in 0..<2 {
            hasher.update([])
            let half = bytes.count / 2
            hasher.update(bytes.span.extracting(..<half))
            hasher.update(utf8: String(decoding: bytes[half...], as: UTF8.self))
            #expect(hasher.finalize().description == hex)
        }
    }

    @Test("is a value with a text and bytes, both ways")
    func value() throws {
        let digest = SHA256.hash(Array("abc".utf8))
        #expect(SHA256.Digest(hex: digest.description) == digest)
        #expect(SHA256.Digest(hex: digest.description.uppercased()) == digest)
        #expect(SHA256.Digest(digest.bytes) == digest)
        #expect(digest.bytes.count == 32 && digest.bytes.prefix(2) == [0xBA, 0x78])
        #expect(Set([digest, SHA256.hash([]), digest]).count == 2)
        #expect(SHA256.Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test("differs when any one byte does")
    func difference() throws {
        let bytes = SHA256.hash([]).bytes
        let digest = try #require(SHA256.Digest(bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(SHA256.Digest(other) != digest)
        }
    }

    @Test(
        "is not made from what is none",
        arguments: ["", "ba78", String(repeating: "g", count: 64), String(repeating: "0", count: 66)])
    func refused(hex: String) {
        #expect(SHA256.Digest(hex: hex) == nil)
        #expect(SHA256.Digest(Array(hex.utf8)) == nil)
    }

    @Test("may be used from many tasks at once")
    func concurrent() async {
        let digests = await withTaskGroup(of: SHA256.Digest.self) { group in
            for _ in 0..<100 { group.addTask { SHA256.hash([1, 2, 3]) } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(digests.count == 1)
    }
}
