import Glibc

/// A gRPC client for etcd: one HTTP/2 connection with a stream a call, as etcd's own clients have, on one thread and with
/// nothing between it and the socket. It takes less of the processor than those, which favours etcd.
final class Etcd {
    private let socket: Int32
    private var outgoing: [UInt8] = []
    private var incoming: [UInt8] = []
    private var nextStream: UInt32 = 1
    /// Messages of calls that are under way.
    private var answers: [UInt32: [UInt8]] = [:]

    private enum Frame {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let endStream: UInt8 = 1
        static let acknowledged: UInt8 = 1
        static let endHeaders: UInt8 = 4
    }

    /// Connects to 127.0.0.1.
    init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(description: "etcd does not answer on port \(port)") }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        outgoing += Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        frame(Frame.settings, 0, 0, [])
        // The connection may send us about a gigabyte, so that no answer waits for a window.
        frame(Frame.windowUpdate, 0, 0, [0x3f, 0xff, 0, 0])
    }

    deinit { close(socket) }

    /// Puts a call into the buffer; `receive` sends it. Its stream is told again with its answer.
    func send(_ call: EtcdCall) -> UInt32 {
        let stream = nextStream
        nextStream += 2
        // POST and http from HPACK's static table, the others as literals.
        var headers: [UInt8] = [0x83, 0x86]
        func literal(_ name: [UInt8], _ value: String) {
            headers += name
            headers.append(UInt8(value.utf8.count))
            headers += value.utf8
        }
        literal([0x04], call.path)
        literal([0x01], "127.0.0.1")
        literal([0x0f, 0x10], "application/grpc")
        literal([0x00, 2] + Array("te".utf8), "trailers")
        frame(Frame.headers, Frame.endHeaders, stream, headers)
        frame(Frame.data, Frame.endStream, stream, [0] + bigEndian(UInt32(call.message.count)) + call.message)
        answers[stream] = []
        return stream
    }

    /// Sends what waits, reads at least once, and hands on each answer that is whole.
    func receive(_ each: (_ stream: UInt32, _ answer: [UInt8]) throws -> Void) throws {
        try flush()
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(socket, &chunk, chunk.count)
        guard count > 0 else { throw Failure(description: "etcd closed the connection") }
        incoming += chunk[..<count]
        var start = 0
        while incoming.count - start >= 9 {
            let length = Int(incoming[start]) << 16 | Int(incoming[start + 1]) << 8 | Int(incoming[start + 2])
            guard incoming.count - start >= 9 + length else { break }
            let (type, flags) = (incoming[start + 3], incoming[start + 4])
            let stream = incoming[start + 5..<start + 9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
            let payload = incoming[start + 9..<start + 9 + length]
            start += 9 + length
            if let answer = try take(type, flags, stream, payload) { try each(stream, answer) }
        }
        incoming.removeFirst(start)
    }

    /// One call and its answer.
    func call(_ call: EtcdCall) throws -> [UInt8] {
        let stream = send(call)
        var found: [UInt8]?
        while found == nil { try receive { if $0 == stream { found = $1 } } }
        return found ?? []
    }

    /// Takes one frame; the message when it ends a call.
    private func take(
        _ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: ArraySlice<UInt8>
    ) throws -> [UInt8]? {
        switch type {
        case Frame.data: answers[stream]? += payload
        case Frame.headers where flags & Frame.endStream != 0:
            // An answer without a message is an error, told in the trailers.
            guard let answer = answers.removeValue(forKey: stream), answer.count >= 5 else {
                throw Failure(description: "etcd refused a call")
            }
            return Array(answer.dropFirst(5))
        case Frame.settings where flags & Frame.acknowledged == 0: frame(Frame.settings, Frame.acknowledged, 0, [])
        case Frame.ping where flags & Frame.acknowledged == 0: frame(Frame.ping, Frame.acknowledged, 0, Array(payload))
        case Frame.reset, Frame.goAway: throw Failure(description: "etcd ended a call")
        default: break
        }
        return nil
    }

    private func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) {
        outgoing += bigEndian(UInt32(payload.count))[1...]
        outgoing += [type, flags] + bigEndian(stream) + payload
    }

    private func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func flush() throws {
        var sent = 0
        while sent < outgoing.count {
            let count = outgoing.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + sent, outgoing.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "etcd closed the connection") }
            sent += count
        }
        outgoing.removeAll(keepingCapacity: true)
    }
}
