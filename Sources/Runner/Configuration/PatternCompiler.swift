/// Turns a tree into steps.
struct PatternCompiler {
    private(set) var steps: [PatternStep] = []

    mutating func emit(_ tree: PatternTree) throws(PatternProblem) {
        switch tree {
        case .set(let set): try add(.one(set))
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .either(let branches): try emit(branches[...])
        case .repeated(let body, let least, let most):
            for _ in 0..<least {
                let before = steps.count
                try emit(body)
                // What matches nothing need not be repeated.
                if steps.count == before { break }
            }
            if let most {
                for _ in least..<most { try emitOptional(body) }
            } else {
                try emitLoop(body)
            }
        }
    }

    private mutating func add(_ step: PatternStep) throws(PatternProblem) {
        guard steps.count < ArgumentPattern.maximumSteps else {
            throw PatternProblem(message: "the pattern repeats too much", column: 1)
        }
        steps.append(step)
    }

    private mutating func emit(_ branches: ArraySlice<PatternTree>) throws(PatternProblem) {
        guard let first = branches.first else { return }
        guard branches.count > 1 else { return try emit(first) }
        let split = steps.count
        try add(.jump(0))
        try emit(first)
        let jump = steps.count
        try add(.jump(0))
        steps[split] = .split(split + 1, steps.count)
        try emit(branches.dropFirst())
        steps[jump] = .jump(steps.count)
    }

    private mutating func emitOptional(_ body: PatternTree) throws(PatternProblem) {
        let split = steps.count
        try add(.jump(0))
        try emit(body)
        steps[split] = .split(split + 1, steps.count)
    }

    private mutating func emitLoop(_ body: PatternTree) throws(PatternProblem) {
        let split = steps.count
        try add(.jump(0))
        try emit(body)
        try add(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }
}
