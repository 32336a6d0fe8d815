"""What stands at a position of the log: sessions, grants, requests, slots, runners. No rule is judged here."""

from collections import Counter

from paths import PathIndex


class Entry:
    """A request by its position, or a grant by its token."""

    __slots__ = ("position", "session", "locks", "id")

    def __init__(self, position, session, locks, id=None):
        self.position, self.session, self.locks, self.id = position, session, locks, id

    def __repr__(self):
        return ", ".join(f"{mode} {path}" for path, mode in self.locks) + f" of {self.session}"


def locks_of(data):
    return [(lock["path"], lock["mode"]) for lock in data.get("locks", ())]


class World:
    def __init__(self):
        self.sessions = {}
        self.grants = {}
        self.requests = {}
        self.held = PathIndex()
        self.queue = PathIndex()
        self.capacities = {}
        # How many slots of a path a session has.
        self.slots = {}
        self.runners = {}
        self.hosts = Counter()
        self.task_sessions = {}
        # What unfinished tasks want.
        self.task_locks = {}
        self.waiters = set()

    # Requests and grants

    def enqueue(self, request):
        self.requests[request.id] = request
        request.session.requests[request.position] = request
        for lock in request.locks:
            self.queue.add(request, *lock)

    def dequeue(self, request):
        del self.requests[request.id]
        del request.session.requests[request.position]
        for lock in request.locks:
            self.queue.remove(request, *lock)

    def hold(self, grant):
        self.grants[grant.position] = grant
        grant.session.grants[grant.position] = grant
        for path, mode in grant.locks:
            self.held.add(grant, path, mode)
            if mode == "slot":
                self.slots.setdefault(path, Counter())[grant.session] += 1

    def free(self, grant, locks):
        """Some of a grant's locks are given back; with the last of them it ends."""
        for path, mode in locks:
            grant.locks.remove((path, mode))
            self.held.remove(grant, path, mode)
            if mode == "slot":
                self._free_slot(grant.session, path)
        if not grant.locks:
            del self.grants[grant.position]
            del grant.session.grants[grant.position]

    def _free_slot(self, session, path):
        holders = self.slots[path]
        holders[session] -= 1
        if not holders[session]:
            del holders[session]

    def downgrade(self, grant, path):
        self.held.remove(grant, path, "exclusive")
        self.held.add(grant, path, "shared")
        grant.locks[grant.locks.index((path, "exclusive"))] = (path, "shared")

    # Slots

    def slot_holders(self, path):
        return self.slots.get(path, ())

    def is_full(self, session, path):
        """True when there is no slot for the session: neither its own, nor an ancestor's, nor one that is free."""
        capacity = self.capacities.get(path)
        holders = self.slot_holders(path)
        return capacity is not None and not serves(holders, session) and count([*holders, session]) > capacity

    # Tasks and runners

    def takes_part(self, request):
        """A task that has no process yet is neither granted nor holds back without a runner of its host."""
        session = request.session
        return session.task is None or session.has_process or self.hosts[session.host] > 0

    def task_session(self, task):
        """The living session of a task; None where it has none, or none yet."""
        session = self.task_sessions.get(task)
        return session if session and session.alive else None

    def awaited_sessions(self, session):
        """The sessions of the tasks that it waits for."""
        return [awaited for awaited in map(self.task_session, session.awaited) if awaited]

    def await_task(self, session, task):
        session.awaited.add(task)
        self.waiters.add(session)

    def stop_awaiting(self, session, task):
        session.awaited.discard(task)
        if not session.awaited:
            self.waiters.discard(session)


def serves(holders, session):
    """True when the session or an ancestor of it is among the holders of a slot."""
    return session in holders or any(elder in holders for elder in session.line)


def count(holders):
    """A slot serves its holder's descendants: counted are holders without a holding ancestor."""
    holders = set(holders)
    return sum(1 for holder in holders if not any(elder in holders for elder in holder.line))
