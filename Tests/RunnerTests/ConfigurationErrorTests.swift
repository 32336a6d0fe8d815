import Runner
import Testing

/// One mistake and the one message it must lead to.
struct Mistake: CustomTestStringConvertible {
    var yaml: String
    var message: String

    init(_ yaml: String, _ message: String) {
        self.yaml = yaml
        self.message = message
    }

    /// A task type `a` with these further lines; the first of them is line 4.
    init(task lines: String, _ message: String) {
        self.init("tasks:\n  a:\n    command: [x]\n    " + lines, message)
    }

    var testDescription: String { message }
}

@Suite("A mistake in a configuration is told with its place")
struct ConfigurationErrorTests {
    @Test(arguments: [
        Mistake("- a", "1:1 the configuration must be a mapping (key: value), not a list"),
        Mistake("task: {}", "1:1 unknown key 'task'; did you mean 'tasks'?"),
        Mistake(
            "zebra: 1",
            "1:1 unknown key 'zebra'; known are database, host, mail, metrics, notifications, reactions, slots, "
                + "task-database, tasks"),
        Mistake("host: {}\nhost: {}", "1:1 the key 'host' is there twice"),
        Mistake("a: [", "2:1 this is no YAML: while parsing a flow node did not find expected node content"),
        Mistake(
            "a: 1\n\tb: 2",
            "2:1 this is no YAML: while scanning a plain scalar found a tab character that violates indentation"),
        Mistake(
            "--- {}\n--- {}", "2:1 this is no YAML: expected a single document in the stream but found another document"
        ),
        Mistake("[a]: 1", "1:1 the configuration: a key must be a word, not a list"),
        Mistake("database: 5", "1:11 database must be a URL such as mysql://user@host:port/name, not '5'"),
        Mistake("database:", "1:10 database must be a URL such as mysql://user@host:port/name, not nothing"),
        Mistake("host: h1", "1:7 host must be a mapping (key: value), not 'h1'"),
        Mistake(
            "host:\n  id: a b",
            "2:7 host.id must be a name of letters, digits and . _ - @ : (not beginning with -), not 'a b'"),
        Mistake("host: { lease: 0s }", "1:16 host.lease must be at least 1s"),
        Mistake("slots: { a: 1 }", "1:10 a key of slots must be a lock path such as /app/blog, not 'a'"),
        Mistake("slots: { /a: 0 }", "1:14 slots./a must be a whole number from 1 to 100000, not '0'"),
        Mistake("slots: [/a]", "1:8 slots must be a mapping (key: value), not a list"),
        Mistake("tasks: []", "1:8 tasks must be a mapping (key: value), not a list"),
        Mistake(
            "tasks: { /a: {} }",
            "1:10 the name of a task type must be a name of letters, digits and . _ - @ : (not beginning with -), not '/a'"
        ),
        Mistake("tasks: { a: {} }", "1:10 tasks.a has no command"),
        Mistake("tasks: { a: { command: x } }", "1:24 tasks.a.command must be a list ([a, b]), not 'x'"),
        Mistake("tasks: { a: { command: [] } }", "1:24 tasks.a.command must have 1 to 1000 words, the program first"),
        Mistake("tasks: { a: { command: [''] } }", "1:25 the program of tasks.a.command must be a text, not nothing"),
        Mistake("tasks: { a: { command: [x, [y]] } }", "1:28 an element of tasks.a.command must be a text, not a list"),
        Mistake(
            "tasks: { a: { command: ['{app}'] } }",
            "1:25 the program of tasks.a.command must stand in the configuration, not in the request"),
        Mistake(
            "tasks: { a: { command: [x, '--app={app}'] } }",
            "1:28 {app} in '--app={app}' must be a word of its own: only whole words are replaced"),
        Mistake(
            "tasks: { a: { command: [x, '{apq}'] } }",
            "1:28 {apq} in tasks.a.command is no declared argument; did you mean {app}?"),
        Mistake("tasks: { a: { command: [x, '{zebra}'] } }", "1:28 {zebra} in tasks.a.command is no declared argument"),
    ])
    func wholeFile(mistake: Mistake) {
        #expect(problems(mistake.yaml) == [mistake.message])
    }

    @Test(arguments: [
        Mistake(task: "lock: [/a]", "4:5 tasks.a: unknown key 'lock'; did you mean 'locks'?"),
        Mistake(task: "locks: /a", "4:12 tasks.a.locks must be a list ([a, b]), not '/a'"),
        Mistake(task: "locks: [/a, /a]", "4:17 this path is named twice"),
        Mistake(
            task: "locks: [/a//b]",
            "4:13 an element of tasks.a.locks must be a lock path such as /app/{app}, not '/a//b'"),
        Mistake(task: "locks: [{ mode: shared }]", "4:13 an element of tasks.a.locks has no path"),
        Mistake(
            task: "locks: [{ path: /, mode: slot }]",
            "4:30 an element of tasks.a.locks.mode must be exclusive or shared, not 'slot'"),
        Mistake(
            task: "locks: ['/app/x-{app}']",
            "4:13 {app} in 'x-{app}' must be a word of its own: only whole words are replaced"),
        Mistake(
            task: "locks: ['/app/{ap}']",
            "4:13 {ap} in an element of tasks.a.locks is no declared argument; did you mean {app}?"),
        Mistake(
            task: "locks: ['/x/{s}']\n    arguments: { s: { secret: true, required: true } }",
            "4:13 {s} is secret, and locks are in the log"),
        Mistake(
            "tasks: { a: { arguments: { s-1: { secret: true } }, command: [x, '{s-1}'] } }",
            "1:66 {s-1} is secret, and a command line is seen by everybody on the host: leave it out, the task finds it "
                + "in its environment as INTERLOCK_ARGUMENT_S_1"),
        Mistake(
            task: "arguments: { s-1: { secret: true }, S.1: { secret: true }, s_1: {} }",
            "4:41 S.1 and s-1 would both be INTERLOCK_ARGUMENT_S_1: rename one"),
        Mistake(
            task: "locks: ['/x/{s}']\n    arguments: { s: {} }",
            "4:13 {s} may be missing, and the lock with it: make it required or give a default"),
        Mistake(task: "slots: [/s]", "4:13 /s has no capacity: name it under slots, as in 'slots: { /s: 3 }'"),
        Mistake(task: "arguments: [b]", "4:16 tasks.a.arguments must be a mapping (key: value), not a list"),
        Mistake(
            task: "arguments: { app: {} }", "4:18 {app} is the app of the request; call this argument something else"),
        Mistake(
            task: "arguments: { b: { requird: true } }",
            "4:23 tasks.a.arguments.b: unknown key 'requird'; did you mean 'required'?"),
        Mistake(
            task: "arguments: { b: { required: yes } }",
            "4:33 tasks.a.arguments.b.required must be true or false, not 'yes'"),
        Mistake(
            task: "arguments: { b: { pattern: '[a' } }",
            "4:32 tasks.a.arguments.b.pattern: ']' is missing (at character 3 of the pattern)"),
        Mistake(
            task: "arguments: { b: { pattern: '[a-z]', default: AB } }",
            "4:50 tasks.a.arguments.b: argument 'default' does not match its pattern [a-z]"),
        Mistake(
            task: "arguments: { b: { required: true, default: x } }",
            "4:39 tasks.a.arguments.b is required and has a default"),
        Mistake(
            task: "user: a/b",
            "4:11 tasks.a.user must be a name of letters, digits and . _ - @ : (not beginning with -), not 'a/b'"),
        Mistake(task: "timeout: 10", "4:14 tasks.a.timeout must be a duration such as 250ms, 30s, 5m or 2h, not '10'"),
        Mistake(task: "timeout: 0s", "4:14 tasks.a.timeout must be above 0"),
        Mistake(task: "grace: -1s", "4:12 tasks.a.grace must be a duration such as 250ms, 30s, 5m or 2h, not '-1s'"),
        Mistake(task: "retries: 3", "4:14 tasks.a.retries must be a mapping (key: value), not '3'"),
        Mistake(task: "retries: { backoff: 3s }", "4:14 tasks.a.retries needs max, the number of further attempts"),
        Mistake(
            task: "retries: { max: many }", "4:21 tasks.a.retries.max must be a whole number from 0 to 1000, not 'many'"
        ),
        Mistake(
            task: "limits: { memory: 5X }", "4:23 tasks.a.limits.memory must be a size such as 512M or 2G, not '5X'"),
        Mistake(
            task: "limits: { cpu: 50 }", "4:20 tasks.a.limits.cpu must be percent of one core, such as 50%, not '50'"),
        Mistake(
            task: "limits: { pids: 0 }", "4:21 tasks.a.limits.pids must be a whole number from 1 to 4194304, not '0'"),
        Mistake(task: "idempotent: 1", "4:17 tasks.a.idempotent must be true or false, not '1'"),
        Mistake(task: "database: mine", "4:15 tasks.a.database must be true or false, not 'mine'"),
        Mistake(
            task: "schedule: daily",
            "4:15 tasks.a.schedule must be five cron fields such as \"0 3 * * *\", or \"@start\", not 'daily'"),
    ])
    func taskType(mistake: Mistake) {
        #expect(problems(mistake.yaml) == [mistake.message])
    }

    @Test(arguments: [
        Mistake("reactions: {}", "1:12 reactions must be a list ([a, b]), not a mapping"),
        Mistake(
            "tasks: { t: { command: [x] } }\nreactions: [{ name: r, on: task.finished, start: t, were: {} }]",
            "2:53 an element of reactions: unknown key 'were'; did you mean 'where'?"),
        Mistake(
            "tasks: { t: { command: [x] } }\nreactions: [{ name: r, on: task.finished }]",
            "2:13 the reaction has no start"),
        Mistake(
            "tasks: { t: { command: [x], arguments: { a: {} } } }\nreactions: [{ name: r, on: task.finishd, start: t }]",
            "2:28 reaction r: on: there is no event of type 'task.finishd'; did you mean 'task.finished'?"),
        Mistake(
            "tasks: { t: { command: [x] } }\nreactions: [{ name: r, on: task.finished, start: tt }]",
            "2:50 reaction r: start: there is no task type 'tt'; did you mean 't'?"),
        Mistake(
            "tasks: { t: { command: [x] } }\nreactions: [{ name: r, on: task.finished, start: t, arguments: { b: c } }]",
            "2:66 reaction r: arguments: t takes no argument 'b'"),
        Mistake(
            "tasks: { t: { command: [x, '{app}'] } }\nreactions: [{ name: r, on: task.finished, start: t }]",
            "2:50 t is a task on an app: name it with app, as in app: \"{app}\""),
        Mistake(
            "tasks: { t: { command: [x], arguments: { a: { required: true } }, schedule: '@start' } }",
            "1:77 the task cannot run by itself: its argument 'a' is required; give it a default"),
        Mistake(
            "notifications: { kinds: { memory: on } }",
            "1:35 notifications.kinds.memory must be a mapping (key: value), not 'on'"),
        Mistake(
            "notifications: { kinds: { memory: { to: [user] } } }",
            "1:42 an element of notifications.kinds.memory.to must be owner, admin, usermanager, mailmanager or operator:APP, not 'user'"
        ),
        Mistake(
            "notifications: { kinds: { memory: { to: [] } } }",
            "1:41 notifications.kinds.memory.to names nobody"),
        Mistake(
            "notifications: { webhooks: [ { url: \"https://a/1\", secret-file: /s, to: [admin] },\n "
                + "{ url: \"https://a/2\", secret-file: /s, to: [admin] } ] }",
            "2:2 another webhook is called a by its address: give this one a name"),
        Mistake(
            "notifications: { webhooks: [ { name: x, url: \"https://a/1\", secret-file: /s, to: [admin] },\n "
                + "{ name: x, url: \"https://b/2\", secret-file: /s, to: [admin] } ] }",
            "2:2 another webhook is called x too"),
        Mistake(
            "notifications: { limit: { messages: 101 } }",
            "1:37 notifications.limit.messages must be a whole number from 1 to 100, not '101'"),
        Mistake(
            "notifications: { limit: { messages: 0 } }",
            "1:37 notifications.limit.messages must be a whole number from 1 to 100, not '0'"),
        Mistake(
            "notifications: { limit: { per: 25h } }",
            "1:32 notifications.limit.per must be a duration from 1s to 24h, such as 1h, not '25h'"),
        Mistake(
            "notifications: { limit: { per: 999ms } }",
            "1:32 notifications.limit.per must be a duration from 1s to 24h, such as 1h, not '999ms'"),
        Mistake(
            "metrics: { interval: 10 }",
            "1:22 metrics.interval must be a duration such as 250ms, 30s, 5m or 2h, not '10'"),
        Mistake(
            "metrics: { apps: { cgroup: \"a/{app}\", container: \"{app}\" } }",
            "1:50 metrics.apps has cgroup and container: say one of the two"),
        Mistake(
            "metrics: { apps: { container: \"a/{app}\" } }",
            "1:31 metrics.apps.container must be a container's name with {app} in it, such as {app}-web, not 'a/{app}'"),
        Mistake(
            "metrics: { apps: { container: web } }",
            "1:31 metrics.apps.container must be a container's name with {app} in it, such as {app}-web, not 'web'"),
        Mistake(
            "metrics: { apps: { container: \"{app}\", socket: docker.sock } }",
            "1:48 metrics.apps.socket must be a whole path such as /run/docker.sock, not 'docker.sock'"),
        Mistake(
            "metrics: { apps: { cgroup: \"{app}\", socket: /run/x } }",
            "1:45 metrics.apps.socket goes with container only"),
        Mistake("metrics: { disk: much }", "1:18 metrics.disk must be a size such as 512M or 2G, not 'much'"),
    ])
    func laterSections(mistake: Mistake) {
        #expect(problems(mistake.yaml) == [mistake.message])
    }
}
