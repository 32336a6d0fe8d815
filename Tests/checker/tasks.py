"""Point 8: one start at most and one outcome exactly for each attempt (design §6)."""

from world import locks_of

OUTCOMES = {"succeeded", "failed", "crashed", "stopped", "timed-out", "lost", "not-started"}


class Task:
    def __init__(self, id):
        # queued, claimed, started, finished; `queued` again with a retry.
        self.id, self.state, self.attempt, self.locks = id, "queued", 0, []

    def __str__(self):
        return f"task {self.id}, which is {self.state} with attempt {self.attempt}"


class Tasks:
    def __init__(self, world):
        self.world, self.tasks = world, {}
        # Of the command under way: attempts with an outcome, attempts whose session ended, tokens.
        self.finished, self.left, self.grants = {}, [], set()

    def follow(self, kind, task_id, data, say):
        self.say = say
        if kind == "task.queued":
            if task_id in self.tasks:
                say("8.attempt", f"task {task_id} is queued a second time")
            task = self.tasks[task_id] = Task(task_id)
            task.locks = self.world.task_locks[task_id] = locks_of(data)
        elif task_id not in self.tasks:
            say("8.attempt", f"task {task_id} was never queued")
        elif kind in HANDLERS:
            HANDLERS[kind](self, task_id, self.tasks[task_id], data)

    def claimed(self, task_id, task, data):
        attempt, session = data["attempt"], self.world.task_session(task_id)
        if task.state != "queued" or attempt != task.attempt + 1:
            self.say("8.attempt", f"attempt {attempt} of {task} is claimed")
        if self.world.runners.get(data["runner"]) != data["host"]:
            runner = f"{data['runner']}, which is not registered on {data['host']}"
            self.say("8.claim", f"task {task_id} is claimed by {runner}")
        if session is None:
            self.say("8.claim", f"task {task_id} is claimed without a living session of its own")
        elif session.requests or (task.locks and not self.grants & session.grants.keys()):
            self.say("8.claim", f"task {task_id} is claimed and not granted its locks with it")
        task.state, task.attempt = "claimed", attempt

    def started(self, task_id, task, data):
        if task.state != "claimed" or data["attempt"] != task.attempt:
            self.say("8.attempt", f"attempt {data['attempt']} of {task} starts")
        session = self.world.task_session(task_id)
        if session is None or session.id != data["session"]:
            self.say("8.attempt", f"task {task_id} starts as {data['session']}, which is not its living session")
        else:
            session.has_process = True
        task.state = "started"

    def underway(self, task_id, task, data):
        if task.state == "finished":
            self.say("8.attempt", f"something happens to {task}")

    def ended(self, task_id, task, data):
        attempt = data["attempt"]
        if task.state == "finished" or attempt != task.attempt + (task.state == "queued"):
            self.say("8.outcome", f"there is an outcome of attempt {attempt} of {task}")
        if data["outcome"] not in OUTCOMES:
            self.say("8.outcome", f"task {task_id} has the outcome '{data['outcome']}'")
        task.state, task.attempt = "finished", attempt
        self.world.task_locks.pop(task_id, None)
        self.finished[task_id, attempt] = self.world.task_session(task_id)

    def retried(self, task_id, task, data):
        if task.state != "finished" or data["attempt"] != task.attempt + 1:
            self.say("8.attempt", f"there is to be attempt {data['attempt']} of {task}")
        task.state = "queued"
        self.world.task_locks[task_id] = task.locks

    def session_ended(self, session, cause):
        """Only the end of its attempt ends a task's session; a restored log or a lost host may."""
        task = self.tasks.get(session.task)
        if task and task.state != "finished" and cause not in ("restored", "host-lost"):
            if self.world.task_sessions.get(session.task) is session:
                self.left.append((session.task, task.attempt + (task.state == "queued")))

    def holder(self, token):
        """The session of a task that has this grant."""
        grant = self.world.grants.get(token)
        return grant.session if grant and grant.session.task else None

    def rest(self, say):
        """At a command's end."""
        for (task_id, _), session in self.finished.items():
            if session and session.alive:
                say("8.locks", f"task {task_id} has an outcome, and its session lives and may hold locks")
        for session in filter(None, map(self.holder, self.grants)):
            if not session.has_process and session.task in self.tasks and self.tasks[session.task].state == "queued":
                say("8.claim", f"task {session.task} is granted its locks and not claimed with it")
        for task_id, attempt in self.left:
            if (task_id, attempt) not in self.finished:
                say("8.outcome", f"the session of task {task_id} ends without an outcome of attempt {attempt}")
        self.finished, self.left, self.grants = {}, [], set()


HANDLERS = {
    "task.claimed": Tasks.claimed,
    "task.started": Tasks.started,
    "task.progressed": Tasks.underway,
    "task.stop-requested": Tasks.underway,
    "task.finished": Tasks.ended,
    "task.retry-scheduled": Tasks.retried,
}
