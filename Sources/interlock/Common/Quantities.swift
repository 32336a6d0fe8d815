/// `1,204`: digits in threes.
func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
        if index > 0, index.isMultiple(of: 3) { text = "," + text }
        text = String(digit) + text
    }
    return (number < 0 ? "-" : "") + text
}

/// Microseconds as a person says them: `12 ms`, `2.1 s`, `3 min 5 s`, `2 h 10 min`.
func span(_ microseconds: Int) -> String {
    if microseconds < 1_000_000 {
        return microseconds > 0 && microseconds < 1000 ? "<1 ms" : "\(microseconds / 1000) ms"
    }
    let tenths = microseconds / 100_000
    if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
    let minutes = tenths / 600
    return minutes < 60 ? "\(minutes) min \(tenths / 10 % 60) s" : "\(grouped(minutes / 60)) h \(minutes % 60) min"
}
