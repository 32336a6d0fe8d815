internal import CCrypto
internal import Events

/// OpenSSL's X509 with one owner.
struct X509Handle: ~Copyable {
    private let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }

    /// Nil for bytes that are no certificate.
    init?(der: [UInt8]) {
        let read = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_X509(nil, &start, buffer.count)
        }
        guard let read else { return nil }
        raw = read
    }

    deinit { X509_free(raw) }

    func der() throws(CertificateError) -> [UInt8] {
        let count = Int(i2d_X509(raw, nil))
        guard count > 0 else { throw .unreadable("it has no DER") }
        var bytes = [UInt8](repeating: 0, count: count)
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return Int(i2d_X509(raw, &start))
        }
        guard written == count else { throw .unreadable("it has no DER") }
        return bytes
    }

    var notBefore: Timestamp? { Self.time(X509_get0_notBefore(raw)) }
    var notAfter: Timestamp? { Self.time(X509_get0_notAfter(raw)) }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        guard let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_TIME_free(epoch) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard let time, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Timestamp(microseconds: (Int(days) * 86_400 + Int(seconds)) * 1_000_000)
    }

    /// The DNS names of subjectAltName. What is no printable ASCII is left out: it can be no name, and nobody's terminal is
    /// to be written on by a certificate.
    var names: [String] {
        guard let found = X509_get_ext_d2i(raw, NID_subject_alt_name, nil, nil) else { return [] }
        let list = OpaquePointer(found)
        defer { GENERAL_NAMES_free(list) }
        return (0..<OPENSSL_sk_num(list)).compactMap { index in
            guard let entry = OPENSSL_sk_value(list, index)?.assumingMemoryBound(to: GENERAL_NAME.self),
                entry.pointee.type == GEN_DNS, let text = entry.pointee.d.dNSName,
                let start = ASN1_STRING_get0_data(text)
            else { return nil }
            let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text)))
            guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// X509_check_host(3): its flags keep the common name and partial wildcards (`m*.example.com`) from counting. A `*`
    /// matches one label without any flag.
    func covers(_ name: String) -> Bool {
        let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        return X509_check_host(raw, name, name.utf8.count, flags, nil) == 1
    }

    func matches(_ key: borrowing KeyHandle) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(raw, key.raw) == 1
    }
}

/// OpenSSL's EVP_PKEY with one owner; it forgets the key when it goes.
struct KeyHandle: ~Copyable {
    fileprivate let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { EVP_PKEY_free(raw) }
}
