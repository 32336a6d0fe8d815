import Events
import Foundation
import Testing

@testable import Projections

@Suite struct TaskLogLineTests {
    @Test func `Bytes that are no UTF-8 are in the answer as they were, others as text`() {
        let text = TaskLogLine(
            app: nil, at: "T", stream: "out", text: Array("a\u{0}ä".utf8), continues: false, bytes: [])
        #expect(view(of: text, for: .administrator).text == #"{"at":"T","stream":"out","message":"a\u0000ä"}"#)
        let bytes = TaskLogLine(
            app: nil, at: "T", stream: "err", text: [97, 0xFF, 0], continues: true, bytes: [97, 0xFF])
        #expect(
            view(of: bytes, for: .administrator).text
                == #"{"at":"T","stream":"err","message":"a\#u{FFFD}\u0000","base64":"Yf8A","continues":true}"#)
    }

    @Test func `What a task wrote passes byte for byte, to whom it is shown at all`() {
        let line = TaskLogLine(app: "blog", at: "T", stream: "err", text: [], continues: true, bytes: [97, 0xFF])
        let operatorOfBlog = Viewer(role: .user, name: "ann", operates: ["blog"])
        let another = Viewer(role: .mailmanager, name: "bob", operates: ["wiki"])
        for viewer in [Viewer.administrator, operatorOfBlog] {
            #expect(rendition(of: line, for: viewer).bytes == [97, 0xFF, 10] && showsLog(ofApp: "blog", to: viewer))
        }
        #expect(rendition(of: line, for: another).bytes == [] && !showsLog(ofApp: "blog", to: another))
        #expect(!showsLog(ofApp: nil, to: operatorOfBlog) && view(of: line, for: another).isWithheld)
    }

    @Test(arguments: 0..<70) func `Base 64 is everybody's`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
        #expect(Base64.encoded(bytes) == Data(bytes).base64EncodedString())
    }
}
