/// Why a message was not taken, and what that says of the next try.
public struct DeliveryFailure: Sendable, Equatable {
    /// A sentence without its full stop, for administrators.
    public let problem: String
    /// True where it is of no use to try again.
    public let isFinal: Bool
    /// True where it was not this message's fault: everybody else's would have met with the same.
    public let isOfServer: Bool
    /// So long the other side asks us to wait, in microseconds.
    public let retryAfter: Int?

    /// Of no more than a message, and tried again, where nothing else is said.
    public init(_ problem: String, isFinal: Bool = false, isOfServer: Bool = false, retryAfter microseconds: Int? = nil)
    {
        (self.problem, self.isFinal, self.isOfServer) = (problem, isFinal, isOfServer)
        retryAfter = microseconds
    }
}
