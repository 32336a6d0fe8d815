internal import CCrypto

/// Authenticated encryption: AES-256 in Galois/Counter Mode (NIST SP 800-38D) by the system's libcrypto.
///
/// A libcrypto that has no AES-256-GCM at all traps: nothing secret could be kept with it.
public struct AES256GCM: Sendable {
    /// How many bytes a key has.
    public static let keyBytes = 32
    /// How many bytes a nonce has. The same one twice with one key gives away what was sealed: take random ones.
    public static let nonceBytes = 12
    /// By how many bytes the sealed text is longer.
    public static let tagBytes = 16

    // Fetched once; shared by all threads, which OpenSSL allows: an EVP_CIPHER does not change.
    nonisolated(unsafe) private static let algorithm: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    private let key: [UInt8]

    /// With a key of 32 bytes; nil for another count.
    public init?(key: [UInt8]) {
        guard key.count == Self.keyBytes else { return nil }
        self.key = key
    }

    /// The encrypted text with its tag behind it. `binding` is not in it, but must be the same when it is opened.
    /// A nonce of another size than 12 bytes is a programming error and traps.
    public func seal(_ plain: [UInt8], nonce: [UInt8], binding: [UInt8]) -> [UInt8] {
        let context = Context()
        var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagBytes)
        var count: Int32 = 0
        precondition(nonce.count == Self.nonceBytes, "a nonce has \(Self.nonceBytes) bytes")
        sealed.withUnsafeMutableBufferPointer { target in
            let tag = target.baseAddress.map { $0 + plain.count }
            let done =
                EVP_EncryptInit_ex2(context.raw, Self.algorithm, key, nonce, nil) == 1
                && EVP_EncryptUpdate(context.raw, nil, &count, binding, Int32(binding.count)) == 1
                && EVP_EncryptUpdate(context.raw, target.baseAddress, &count, plain, Int32(plain.count)) == 1
                && EVP_EncryptFinal_ex(context.raw, tag, &count) == 1
                && EVP_CIPHER_CTX_ctrl(context.raw, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), tag) == 1
            precondition(done, "this system's libcrypto could not encrypt with AES-256-GCM")
        }
        return sealed
    }

    /// The text again; nil where key, nonce, binding or a bit of the sealed text is another one than when it was sealed.
    public func open(_ sealed: [UInt8], nonce: [UInt8], binding: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.tagBytes, nonce.count == Self.nonceBytes else { return nil }
        let context = Context()
        let textBytes = sealed.count - Self.tagBytes
        var tag = Array(sealed[textBytes...])
        // One byte more: an empty array has no address to write to.
        var plain = [UInt8](repeating: 0, count: textBytes + 1)
        var count: Int32 = 0
        let isGenuine = plain.withUnsafeMutableBufferPointer { target in
            EVP_DecryptInit_ex2(context.raw, Self.algorithm, key, nonce, nil) == 1
                && EVP_DecryptUpdate(context.raw, nil, &count, binding, Int32(binding.count)) == 1
                && EVP_DecryptUpdate(context.raw, target.baseAddress, &count, sealed, Int32(textBytes)) == 1
                && EVP_CIPHER_CTX_ctrl(context.raw, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &tag) == 1
                && EVP_DecryptFinal_ex(context.raw, target.baseAddress.map { $0 + textBytes }, &count) == 1
        }
        return isGenuine ? Array(plain[..<textBytes]) : nil
    }

    /// What libcrypto works in; it forgets the key when it goes.
    private final class Context {
        let raw: OpaquePointer

        init() {
            guard let raw = EVP_CIPHER_CTX_new() else { preconditionFailure("no memory for an AES context") }
            self.raw = raw
        }

        deinit { EVP_CIPHER_CTX_free(raw) }
    }
}
