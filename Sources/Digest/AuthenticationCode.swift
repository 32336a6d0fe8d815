internal import CCrypto

extension SHA256 {
    /// The HMAC (RFC 2104) of `bytes` with a key of any length, by the system's libcrypto.
    public static func authenticationCode(of bytes: [UInt8], key: [UInt8]) -> Digest {
        var code = [UInt8](repeating: 0, count: Digest.byteCount)
        var count: UInt32 = 0
        // OpenSSL takes no key for one that was given before: an empty array may have no address.
        let padded = key + [0]
        let isDone = HMAC(EVP_sha256(), padded, Int32(key.count), bytes, bytes.count, &code, &count) != nil
        guard isDone, let digest = Digest(code) else {
            preconditionFailure("this system's libcrypto could not make an HMAC with SHA-256")
        }
        return digest
    }
}
