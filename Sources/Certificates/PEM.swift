internal import CCrypto

/// Reads what OpenSSL's PEM files hold.
enum PEM {
    /// The first certificate; what stands before it, such as its text or its key, is passed over.
    static func firstCertificate(of bytes: [UInt8]) throws(CertificateError) -> X509Handle {
        try check(bytes)
        let (x509, reason) = reading(bytes) { PEM_read_bio_X509($0, nil, refuse, nil) }
        if let x509 { return X509Handle(owning: x509) }
        throw reason.map { .unreadable($0) } ?? .noCertificate
    }

    /// The first private key, of any algorithm.
    static func privateKey(of bytes: [UInt8]) throws(CertificateError) -> KeyHandle {
        try check(bytes)
        // OpenSSL calls everything else "unsupported".
        guard bytes.span.contains("PRIVATE KEY-----") else { throw .noKey }
        var wasAsked = false
        let (key, reason) = withUnsafeMutablePointer(to: &wasAsked) { asked in
            reading(bytes) { PEM_read_bio_PrivateKey($0, nil, refuse, asked) }
        }
        if let key { return KeyHandle(owning: key) }
        if wasAsked { throw .encryptedKey }
        throw reason.map { .unreadableKey($0) } ?? .noKey
    }

    private static func check(_ bytes: [UInt8]) throws(CertificateError) {
        guard bytes.count <= Certificate.maximumBytes else { throw .tooLarge }
        guard bytes.span.contains("-----BEGIN") else { throw .notPEM }
    }

    /// Asked for a passphrase, OpenSSL would read one from the terminal: it is told that there is none.
    private static let refuse:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, _, _, asked in
            asked?.assumingMemoryBound(to: Bool.self).pointee = true
            return -1
        }

    /// What `read` makes of the bytes; where that is nothing, OpenSSL's reason, and no reason where there was nothing to read.
    private static func reading(
        _ bytes: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?
    ) -> (OpaquePointer?, reason: String?) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        return bytes.withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else {
                return (nil, "out of memory")
            }
            defer { BIO_free(bio) }
            if let found = read(bio) { return (found, nil) }
            let error = ERR_peek_error()
            let isMissing =
                error & UInt(ERR_REASON_MASK) == UInt(PEM_R_NO_START_LINE)
                && (error >> UInt(ERR_LIB_OFFSET)) & UInt(ERR_LIB_MASK) == UInt(ERR_LIB_PEM)
            return (
                nil, isMissing ? nil : ERR_reason_error_string(error).map { String(cString: $0) } ?? "no reason given"
            )
        }
    }
}

extension Span<UInt8> {
    /// Whether these bytes stand somewhere in it.
    fileprivate func contains(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard self.count >= count else { return false }
        return (0...(self.count - count)).contains { start in
            (0..<count).allSatisfy { self[start + $0] == text.utf8Start[$0] }
        }
    }
}
