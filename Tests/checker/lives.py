"""Point 6: a session that ended holds nothing, waits for nothing, and nothing happens for it."""

from sessions import Session


class Lives:
    """The part of `Locks` that follows sessions, their waits for tasks, and runners."""

    def session(self, data):
        """The session of an event; an ended one is a violation."""
        session = self.world.sessions.get(data["session"])
        if session is None:
            self.say("6.ended", f"{data['session']} was never opened")
        elif not session.alive:
            self.say("6.ended", f"something happens for {session}, which has ended")
        return session

    def opened(self, data):
        world, id = self.world, data["session"]
        parent = self.session({"session": data["parent"]}) if "parent" in data else None
        if id in world.sessions:
            self.say("6.ended", f"{id} is opened a second time")
        session = Session(id, parent, data["host"], data.get("task"), "pid" in data)
        world.sessions[id] = session
        if session.task:
            world.task_sessions[session.task] = session
        self.grew |= bool(parent)

    def ended(self, data):
        session = self.session(data)
        if session is None:
            return
        if session.grants or session.requests:
            entry = next(iter({**session.grants, **session.requests}.values()))
            self.say("6.holds", f"{session} ends and has still: {entry}")
        if session in self.before_grant:
            self.say("6.order", f"{session} ends behind the grants that follow from its end")
        for grant in list(session.grants.values()):
            self.free(grant, list(grant.locks))
        for request in list(session.requests.values()):
            self.dequeue(request)
        session.awaited.clear()
        self.world.waiters.discard(session)
        session.end()
        self.tasks.session_ended(session, data["cause"])

    def began(self, data):
        session = self.session(data)
        if session:
            self.world.await_task(session, data["task"])
            self.grew = True

    def stopped_waiting(self, data):
        session = self.world.sessions.get(data["session"])
        if session:
            self.world.stop_awaiting(session, data["task"])

    def registered(self, data):
        self.session(data)
        self.world.runners[data["runner"]] = data["host"]
        self.world.hosts[data["host"]] += 1
        self.grew = True

    def retired(self, data):
        host = self.world.runners.pop(data["runner"], None)
        if host is None:
            self.say("8.claim", f"runner {data['runner']} is retired and was not registered")
        else:
            self.world.hosts[host] -= 1
            self.grew = True


HANDLERS = {
    "session.opened": Lives.opened,
    "session.ended": Lives.ended,
    "task.wait-began": Lives.began,
    "task.wait-ended": Lives.stopped_waiting,
    "runner.registered": Lives.registered,
    "runner.retired": Lives.retired,
}
