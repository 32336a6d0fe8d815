internal import Glibc

/// What went wrong between this program and the kernel: one error type for the whole room.
public struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure that a caller may decide by. Open: new codes may come, so always keep a general branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code in a word or two.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A file, directory, program or socket that is not there.
        public static let notFound = Code("not found")
        /// Something of that name is there already.
        public static let exists = Code("exists")
        /// The kernel refuses it to this user.
        public static let permission = Code("not permitted")
        /// The process meant is gone, or its number belongs to another one.
        public static let noProcess = Code("no such process")
        /// Held by somebody else, or in use by another caller.
        public static let busy = Code("busy")
        /// A limit of this room, named in the message.
        public static let tooLarge = Code("too large")
        /// Bytes that do not follow the format they should.
        public static let malformed = Code("malformed")
        /// The other side has closed.
        public static let closed = Code("closed")
        /// This kernel or mount cannot do it.
        public static let unsupported = Code("unsupported")
        /// No space, no descriptors, no memory or no process left.
        public static let exhausted = Code("exhausted")
        /// Anything else; the message carries the kernel's words.
        public static let other = Code("failed")
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for a person: what was tried and what happened.
    public let message: String
    /// The kernel's number, or 0 where the failure was not the kernel's.
    public let errno: Int32

    /// A failure that this room found out itself.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        self.errno = 0
    }

    /// A failed system call: `action` says what was tried ("open /x"); the kernel's words are added.
    public init(errno number: Int32, _ action: String) {
        self.code = Code.of(number)
        self.message = "cannot \(action): \(SystemError.words(for: number))"
        self.errno = number
    }

    /// The message.
    public var description: String { message }

    /// The C library's words for an error number, such as "No such file or directory" (strerror_r(3)).
    public static func words(for number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension SystemError.Code {
    fileprivate static func of(_ number: Int32) -> Self {
        switch number {
        case ENOENT, ENOTDIR: .notFound
        case EEXIST, EADDRINUSE, ENOTEMPTY: .exists
        case EACCES, EPERM, EROFS: .permission
        case ESRCH, ECHILD: .noProcess
        case EAGAIN, EBUSY: .busy
        case ENAMETOOLONG, E2BIG, EFBIG, EMSGSIZE: .tooLarge
        case EPIPE, ECONNRESET, ECONNREFUSED, ENOTCONN: .closed
        case ENOSYS, EOPNOTSUPP, EINVAL, EXDEV: .unsupported
        case ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM: .exhausted
        default: .other
        }
    }
}

/// Calls `body` again while a signal interrupts it (EINTR, signal(7)).
func uninterrupted<Result: SignedInteger>(_ body: () -> Result) -> Result {
    while true {
        let result = body()
        if result != -1 || errno != EINTR { return result }
    }
}
