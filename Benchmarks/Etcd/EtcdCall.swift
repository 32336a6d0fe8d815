/// A request to etcd (rpc.proto of etcd 3): the method's path, and the message.
struct EtcdCall {
    var path: String
    var message: [UInt8]

    static func put(_ key: String, _ value: [UInt8], lease: Int? = nil) -> EtcdCall {
        EtcdCall(path: "/etcdserverpb.KV/Put", message: put(key, value, lease).bytes)
    }

    private static func put(_ key: String, _ value: [UInt8], _ lease: Int?) -> Protobuf {
        Protobuf { put in
            put.field(1, Array(key.utf8))
            put.field(2, value)
            if let lease { put.field(3, lease) }
        }
    }

    /// What etcd's own mutex does where nobody holds: the key is put, on a lease, if it is not there.
    static func lock(_ key: String, lease: Int) -> EtcdCall {
        let message = Protobuf { transaction in
            transaction.field(1) { compare in
                // CREATE revision, EQUAL, 0: what is 0 is not written.
                compare.field(2, 1)
                compare.field(3, Array(key.utf8))
                compare.field(5, 0)
            }
            transaction.field(2) { operation in operation.field(2, put(key, [], lease).bytes) }
            transaction.field(3) { operation in
                operation.field(1) { range in range.field(1, Array(key.utf8)) }
            }
        }
        return EtcdCall(path: "/etcdserverpb.KV/Txn", message: message.bytes)
    }

    static func unlock(_ key: String) -> EtcdCall {
        let message = Protobuf { delete in delete.field(1, Array(key.utf8)) }
        return EtcdCall(path: "/etcdserverpb.KV/DeleteRange", message: message.bytes)
    }

    static func lease(seconds: Int) -> EtcdCall {
        EtcdCall(path: "/etcdserverpb.Lease/LeaseGrant", message: Protobuf { lease in lease.field(1, seconds) }.bytes)
    }

    /// The id in the answer to `lease`.
    static func leaseID(_ answer: [UInt8]) throws -> Int {
        guard let id = Protobuf.number(2, in: answer) else { throw Failure(description: "etcd granted no lease") }
        return id
    }

    /// Whether the transaction of `lock` put the key.
    static func isLocked(_ answer: [UInt8]) -> Bool { Protobuf.number(2, in: answer) == 1 }
}
