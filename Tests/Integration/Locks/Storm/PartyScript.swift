/// A party as a shell script. What it holds, it says in the ledger: behind the grant that it does, before it gives it back
/// that it does not any more. Each word is one write to the end of one file, so that the ledger's order is the true one.
extension Party {
    /// What all scripts begin with. `LINE` is the party's session and those of its ancestors.
    static let preamble = """
        say() { echo "$*" >> "$LEDGER"; }
        # told VERB ARGUMENTS: a command, and what came of it.
        told() { verb=$1; shift; interlock lock "$@" > /dev/null; say told $PARTY $verb $?; }
        # acquired ARGUMENTS: for this shell; sets token and session where it was granted.
        acquired() {
            answer=$(interlock lock acquire --json --pid $$ "$@"); code=$?
            [ $code = 0 ] || return $code
            token=${answer#*'"token":'}; token=${token%%[!0-9]*}
            session=${answer#*'"session":"'}; session=${session%%'"'*}
        }

        """

    /// The scripts of this party and of those below it, by file name.
    var scripts: [String: String] {
        var files = [file: Self.preamble + (isRun ? runScript : acquireScript)]
        for case .nest(let party) in steps { files.merge(party.scripts) { first, _ in first } }
        return files
    }

    var file: String { "\(name).sh" }

    /// What to start, found by PATH.
    var command: String { isRun ? "interlock lock run \(request.arguments) -- sh \(file)" : "sh \(file)" }

    private var runScript: String {
        """
        LINE=$INTERLOCK_SESSION:$LINE; own=$INTERLOCK_TOKEN
        say in $PARTY $$ $LINE \(request.words)
        \(body)
        say out $$

        """
    }

    /// What it starts belongs below it, which nobody but itself can tell.
    private var acquireScript: String {
        """
        acquired \(request.arguments); code=$?
        if [ $code = 0 ]; then
            LINE=$session:$LINE; own=$token; export INTERLOCK_SESSION=$session
            say in $PARTY $$ $LINE \(request.words)
            say told $PARTY \(request.verb("acquire")) 0
        \(body)
            say out $$
            told release release --token $own
        else
            say told $PARTY \(request.verb("acquire")) $code
        fi

        """
    }

    private var body: String { steps.map(\.script).joined(separator: "\n") }
}

extension Party.Request {
    /// What is asked for, as the ledger has it.
    var words: String { claims.map(\.description).joined(separator: " ") }

    /// What the ledger calls the asking: who waits for ever is never told that it is busy.
    func verb(_ name: String) -> String {
        if case .forever = patience { name } else { "try-\(name)" }
    }
}

extension Party.Step {
    fileprivate var script: String {
        switch self {
        case .check(let path): "told check check \(path) --token $own"
        case .linger(let milliseconds): "sleep 0.0\(milliseconds / 10)\(milliseconds % 10)"
        case .downgrade(let path):
            """
            say down $$ \(path)
            told downgrade downgrade \(path) --token $own
            """
        case .release(let claim):
            """
            say less $$ \(claim)
            told release release \(claim.path) --token $own
            """
        case .more(let request):
            """
            acquired \(request.arguments); code=$?
            [ $code = 0 ] && say more $$ \(request.words)
            say told $PARTY \(request.verb("more")) $code
            if [ $code = 0 ]; then say less $$ \(request.words); told release release --token $token; fi
            """
        case .nest(let party):
            """
            PARTY=\(party.name) LINE=$LINE \(party.command)
            say told \(party.name) \(party.request.verb("run")) $?
            """
        }
    }
}
