"""Point 5 at `lock.refused`: it would have been a deadlock, and the cycle says what is."""

from paths import conflict
from reduction import remainder
from sessions import is_of, related
from world import Entry, locks_of


def judge(world, position, session, data, say):
    """A request, or the wait for a task, is refused; it stands nowhere."""
    task = data.get("task")
    if task is None:
        rightly(world, session, Entry(position, session, locks_of(data)), say)
        cycle(world, session, data, say)
        return
    # A task that is refused together with the wait for it was never queued.
    known = task in world.task_locks
    if not known and "locks" not in data:
        return
    world.task_locks.setdefault(task, locks_of(data))
    world.await_task(session, task)
    rightly(world, session, None, say)
    cycle(world, session, {**data, "locks": []}, say)
    world.stop_awaiting(session, task)
    if not known:
        del world.task_locks[task]


def rightly(world, session, asked, say):
    if not any(session in remainder(world, asked=asked, eager=eager) for eager in (False, True)):
        say("5.refusal", f"{session} is refused, but everybody could come to an end with it")


def cycle(world, refused, data, say):
    """Each party wants what another one has."""
    parties = [Party(world, party) for party in data["cycle"]]
    for party in parties:
        if not party.lives():
            say("5.refusal", f"{party} of the cycle is no living session")
        elif not party.holds():
            say("5.refusal", f"{party} does not hold what the cycle says: {party.data['holds']}")
        elif not party.wants(refused, data):
            say("5.refusal", f"{party} does not want what the cycle says: {party.want}")
        elif not any(other.blocks(party) for other in parties):
            say("5.refusal", f"nobody of the cycle is in the way of {party}, which wants {party.want}")
    if not any(party.is_kin(refused) for party in parties):
        say("5.refusal", f"{refused} is refused and not in the cycle")


class Party:
    """A session with its descendants, or a task that has no session yet."""

    def __init__(self, world, data):
        self.world, self.data, self.want = world, data, data["wants"]
        self.task = data.get("holder", {}).get("task") if "session" not in data else None
        self.session = world.sessions.get(data.get("session"))

    def __str__(self):
        return self.data.get("session") or f"task {self.task}"

    def lives(self):
        return self.task in self.world.task_locks if self.task else self.session is not None and self.session.alive

    def has(self, session):
        return self.session is not None and is_of(session, self.session)

    def is_kin(self, session):
        return self.session is not None and related(session, self.session)

    def holds(self):
        said = self.data.get("holds")
        if said is None:
            return True
        grant = self.world.grants.get(said["token"])
        return grant is not None and self.has(grant.session) and (said["path"], said["mode"]) in grant.locks

    def wants(self, refused, data):
        if "task" in self.want:
            return any(self.has(waiter) and self.want["task"] in waiter.awaited for waiter in self.world.waiters)
        lock = self.want["path"], self.want["mode"]
        if self.task:
            return lock in self.world.task_locks[self.task]
        if self.is_kin(refused) and lock in locks_of(data):
            return True
        return any(self.has(request.session) and lock in request.locks for request in self.world.requests.values())

    def blocks(self, other):
        """True when what the other one wants waits for this one."""
        if "task" in other.want:
            awaited = self.world.task_session(other.want["task"])
            return self.task == other.want["task"] or (awaited is not None and self.has(awaited))
        return any(
            self.has(grant.session) and not other.has(grant.session) and in_the_way(other.want, *lock)
            for grant in self.world.grants.values()
            for lock in grant.locks
        )


def in_the_way(want, path, mode):
    is_same_slot = want["mode"] == mode == "slot" and want["path"] == path
    return is_same_slot or conflict(want["path"], want["mode"], path, mode)
