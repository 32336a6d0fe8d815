import Events

/// The stored form: canonical JSON; nothing for what is not known.
extension Mail {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if let name {
                writer.key("name")
                writer.object { name.write(to: &$0) }
            }
            if !previous.isEmpty { writer.objects("previous", previous) { $0.write(to: &$1) } }
            if !problems.isEmpty {
                writer.objects("problems", problems.sorted { $0.key.rawValue < $1.key.rawValue }) {
                    $1.field("problem", $0.value)
                    $1.field("step", $0.key.rawValue)
                }
            }
            if let refused {
                writer.key("refused")
                writer.object {
                    $0.field("name", refused.name)
                    $0.field("position", refused.position)
                    $0.field("problem", refused.problem)
                }
            }
            if let served {
                writer.key("served")
                writer.object {
                    $0.field("at", served.at.microseconds)
                    $0.field("certificate", served.certificate)
                    $0.key("names")
                    $0.array(served.names) { $0.value($1) }
                }
            }
            if let wish {
                writer.key("wish")
                writer.object {
                    $0.field("at", wish.at.microseconds)
                    $0.field("by", wish.by)
                    $0.field("name", wish.name)
                }
            }
        }
        return writer.bytes
    }

    init(encoded: [UInt8]) throws(JSONError) {
        self.init()
        try JSONReader.read(encoded) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in try read(&fields) }
        }
    }

    private mutating func read(_ fields: inout JSONReader) throws(JSONError) {
        name = try fields.optionalObject("name") { fields throws(JSONError) in try Name(from: &fields) }
        previous = try fields.optionalObjects("previous") { fields throws(JSONError) in try Name(from: &fields) }
        let delays = try fields.optionalObjects("problems") { fields throws(JSONError) in
            try MailDelayed(from: &fields)
        }
        for delay in delays { problems[delay.step] = delay.problem }
        refused = try fields.optionalObject("refused") { fields throws(JSONError) in
            let (name, position) = (try fields.string("name"), try fields.int("position"))
            return Refused(name: name, problem: try fields.string("problem"), position: position)
        }
        served = try fields.optionalObject("served") { fields throws(JSONError) in
            let (at, certificate) = (try fields.int("at"), try fields.string("certificate"))
            return Served(
                names: try fields.optionalStrings("names"), certificate: certificate, at: Timestamp(microseconds: at))
        }
        wish = try fields.optionalObject("wish") { fields throws(JSONError) in
            let (at, by) = (try fields.int("at"), try fields.string("by"))
            return Wish(name: try fields.string("name"), by: by, at: Timestamp(microseconds: at))
        }
    }
}

extension Mail.Name {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("generation", generation)
        writer.field("name", text)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        generation = try reader.int("generation")
        text = try reader.string("name")
    }
}
