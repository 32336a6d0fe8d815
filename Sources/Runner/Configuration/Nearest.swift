/// The word of `candidates` that `word` was probably meant to be: at most a third of its letters differ.
func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    let ranked = candidates.map { (distance: editDistance(word, $0), word: $0) }.filter { $0.distance <= limit }
    return ranked.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
}

/// How many letters must be put in, left out or replaced to turn one word into the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let target = Array(right.utf8)
    var row = Array(0...target.count)
    for (index, letter) in left.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in target.indices {
            let replaced = diagonal + (letter == target[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        }
    }
    return row[target.count]
}
