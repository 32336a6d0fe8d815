import Foundation

/// Reads mails as a mail program does: by the parsers of Python's library, which share no code with ours.
public struct MailReader {
    /// What it found in a mail.
    public struct Mail: Decodable, Sendable {
        /// The names of the fields of its header, in their order.
        public let fields: [String]
        public let from: [String]
        public let to: [String]
        public let id: String
        /// Seconds since 1970.
        public let date: Int
        public let subject: String
        public let automatic: String
        /// The types of its parts.
        public let parts: [String]
        public let text: String
        public let html: String
        /// The names of the tags and their attributes, as they come.
        public let tags: [String]
        /// What stands between the tags and in the attributes.
        public let values: [String]
        /// What the parser found wrong with it.
        public let defects: Int
    }

    private static let program = """
        import email, email.header, email.policy, email.utils, html.parser, json, pathlib, sys
        class Reader(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.tags, self.values = [], []
            def handle_starttag(self, tag, attributes):
                self.tags += [tag] + [name for name, value in attributes]
                self.values += [value or '' for name, value in attributes]
            def handle_data(self, data):
                self.values.append(data)
            def handle_comment(self, data):
                self.tags.append('comment')
            handle_decl = handle_pi = unknown_decl = handle_comment
        def mailboxes(mail, legacy, field):
            # The new parser puts spaces between the words of a name (cpython#79728); the old one knows better.
            name = email.utils.parseaddr(legacy[field])[0]
            name = str(email.header.make_header(email.header.decode_header(name)))
            return [name] + [address.addr_spec for address in mail[field].addresses]
        def read(bytes):
            mail = email.message_from_bytes(bytes, policy=email.policy.default)
            legacy = email.message_from_bytes(bytes)
            reader = Reader()
            # The parser leaves the line breaks of the wire.
            text, content = (
                mail.get_body((kind,)).get_content().replace('\\r\\n', '\\n') for kind in ('plain', 'html'))
            reader.feed(content)
            reader.close()
            return dict(
                fields=mail.keys(), subject=mail['subject'], id=mail['message-id'], automatic=mail['auto-submitted'],
                date=int(mail['date'].datetime.timestamp()), parts=[part.get_content_type() for part in mail.walk()],
                to=mailboxes(mail, legacy, 'to'), text=text, html=content,
                **{'from': mailboxes(mail, legacy, 'from')}, tags=reader.tags, values=reader.values,
                defects=sum(len(part.defects) for part in mail.walk()) + sum(len(f.defects) for f in mail.values()))
        directory = pathlib.Path(sys.argv[1])
        mails = [read((directory / f'{n}.eml').read_bytes()) for n in range(int(sys.argv[2]))]
        print(json.dumps(mails))
        """

    /// Reads them, in their order.
    public static func read(_ mails: [[UInt8]]) throws -> [Mail] {
        let directory = try PeerDirectory()
        for (index, mail) in mails.enumerated() {
            try Data(mail).write(to: URL(filePath: directory.file("\(index).eml")))
        }
        let program = try directory.write(Self.program, to: "read.py")
        let answer = try PeerCommand.run(["python3", program, directory.path, "\(mails.count)"])
        return try JSONDecoder().decode([Mail].self, from: Data(answer.utf8))
    }
}
