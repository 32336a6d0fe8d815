internal import Cipher

/// Why a secret argument, or a password, cannot be kept or opened; each says what to do, and none tells a value.
public enum SecretFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no key file.
    case keyMissing(path: String)
    /// There is no key file, and passwords that it has sealed.
    case passwordKeyMissing(path: String)
    /// The key file holds no key.
    case wrongSize(path: String, bytes: Int)
    /// It was encrypted by another key than that of this file.
    case otherKey(_ secret: String, path: String)
    /// The stored bytes are not as they were written, or another one's.
    case damaged(_ secret: String)
    /// The database does not have it.
    case gone(_ argument: String)

    /// One sentence, as evidence of an attempt that was not started.
    public var description: String {
        switch self {
        case .keyMissing(let path):
            "the key of secret arguments, \(path), is missing: put it back, or start the task anew with this state "
                + "directory"
        case .passwordKeyMissing(let path):
            "the key of the apps' mail passwords, \(path), is missing: put it back; if it is lost, see "
                + "docs/mail-server-name.md"
        case .wrongSize(let path, let bytes):
            "\(path) has \(bytes) bytes, not the \(AES256GCM.keyBytes) of a key: put the right one back, or remove it "
                + "and start tasks with secret arguments anew"
        case .otherKey(let secret, let path):
            "\(secret) was encrypted with another key than \(path): put that key back, or make it anew with this state "
                + "directory"
        case .damaged(let secret):
            "what is stored of \(secret) is damaged: make it anew"
        case .gone(let argument):
            "the value of the secret argument '\(argument)' is not in the database: start the task anew"
        }
    }
}
