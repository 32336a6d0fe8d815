import Cipher
import Testing

/// Bytes from hexadecimal digits.
private func bytes(_ hex: String) throws -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    try #require(digits.count.isMultiple(of: 2))
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// A published example.
private struct Vector: Sendable {
    var key: String
    var nonce: String
    var plain: String
    var binding: String
    var sealed: String
}

@Suite("AES-256-GCM")
struct AES256GCMTests {
    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation (GCM)" by McGrew and Viega.
    private static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), plain: "", binding: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            plain: String(repeating: "00", count: 16), binding: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39",
            binding: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test("agrees with the published examples, both ways", arguments: 0..<3)
    func known(index: Int) throws {
        let vector = Self.vectors[index]
        let cipher = try #require(AES256GCM(key: try bytes(vector.key)))
        let (nonce, binding) = (try bytes(vector.nonce), try bytes(vector.binding))
        let sealed = cipher.seal(try bytes(vector.plain), nonce: nonce, binding: binding)
        #expect(sealed == (try bytes(vector.sealed)))
        #expect(cipher.open(sealed, nonce: nonce, binding: binding) == (try bytes(vector.plain)))
    }

    @Test("opens nothing of which a bit is another one")
    func tampering() throws {
        let cipher = try #require(AES256GCM(key: [UInt8](repeating: 7, count: 32)))
        let other = try #require(AES256GCM(key: [UInt8](repeating: 8, count: 32)))
        let nonce = [UInt8](repeating: 9, count: 12)
        let sealed = cipher.seal(Array("word".utf8), nonce: nonce, binding: [1])
        #expect(cipher.open(sealed, nonce: nonce, binding: [1]) == Array("word".utf8))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(cipher.open(changed, nonce: nonce, binding: [1]) == nil)
        }
        #expect(cipher.open(sealed, nonce: nonce, binding: [2]) == nil)
        #expect(cipher.open(sealed, nonce: [UInt8](repeating: 1, count: 12), binding: [1]) == nil)
        #expect(cipher.open(sealed, nonce: [], binding: [1]) == nil)
        #expect(cipher.open(Array(sealed.dropLast()), nonce: nonce, binding: [1]) == nil)
        #expect(cipher.open([], nonce: nonce, binding: [1]) == nil)
        #expect(other.open(sealed, nonce: nonce, binding: [1]) == nil)
    }

    @Test("takes keys of 32 bytes only", arguments: [0, 16, 31, 33])
    func keys(count: Int) {
        #expect(AES256GCM(key: [UInt8](repeating: 0, count: count)) == nil)
    }
}
