import Foundation
import Testing

@testable import Projections

@Suite struct TaskLogLineTests {
    @Test func `Bytes that are no UTF-8 are in the answer as they were, others as text`() {
        let text = TaskLogLine(at: "T", stream: "out", text: Array("a\u{0}ä".utf8), continues: false)
        #expect(view(of: text, for: .administrator).text == #"{"at":"T","stream":"out","message":"a\u0000ä"}"#)
        let bytes = TaskLogLine(at: "T", stream: "err", text: [97, 0xFF, 0], continues: true)
        #expect(
            view(of: bytes, for: .administrator).text
                == #"{"at":"T","stream":"err","message":"a\#u{FFFD}\u0000","base64":"Yf8A","continues":true}"#)
    }

    @Test(arguments: 0..<70) func `Base 64 is everybody's`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
        #expect(base64(bytes) == Data(bytes).base64EncodedString())
    }
}
