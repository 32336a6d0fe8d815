import Network
import Testing

@Suite("Markup")
struct HTMLTests {
    @Test("is what stands in the program; values in it are text")
    func escaped() {
        let value = "<script>'a' & \"b\"</script>"
        let html: HTML = "<p title=\"\(value)\">\(value)</p>"
        let shown = "&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;&lt;/script&gt;"
        #expect(html.text == "<p title=\"\(shown)\">\(shown)</p>")
    }

    @Test("can be put together, and is escaped once only")
    func together() {
        let row: HTML = "<td>\("a&b")</td>"
        let table: HTML = "<tr>\(row)\(3)</tr>"
        #expect(table.text == "<tr><td>a&amp;b</td>3</tr>")
        #expect(HTML([row, "<br>", row]).text == "<td>a&amp;b</td><br><td>a&amp;b</td>")
    }

    @Test("has the lines of a text, of whatever kind their ends are")
    func lines() {
        #expect(HTML(lines: "a<b\r\nc\nd\re\u{2028}f").text == "a&lt;b<br>\nc<br>\nd<br>\ne<br>\nf")
    }

    @Test("has no control characters, and a bracket does not hide in a character of several scalars")
    func controls() {
        let html: HTML = "\("a\u{0}b\u{1B}c\u{9B}d\te<\u{301}")"
        #expect(html.text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\te&lt;\u{301}")
    }
}
