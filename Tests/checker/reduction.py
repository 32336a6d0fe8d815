"""Deadlock by reduction (design §4): let every session that waits for nothing end, grant what becomes free, repeat.

Whoever remains is in a deadlock or waits for one. With `eager`, what becomes free is granted at once; without, a
session is let end when all that it wants is free, which leaves the fewest. They differ only for sessions that want
several things at a time. A violation is reported only if both agree on it.
"""

from paths import conflict
from sessions import Session, related
from world import count, serves


def remainder(world, asked=None, granted=None, asleep=True, eager=False):
    """The sessions that remain.

    `asked`: a request that is not in the queue, `granted`: one of the queue that counts as granted. With `asleep`,
    tasks that do not take part yet (without a runner, or not due) count as if they did.
    """
    wants = {}
    for request in (*world.requests.values(), *([asked] if asked else [])):
        if request is not granted and (asleep or world.takes_part(request)):
            wants.setdefault(request.session, []).append(request.locks)
    awaits = {session: world.awaited_sessions(session) for session in world.waiters}
    if asleep:
        for task, session in sleepers(world).items():
            wants[session] = [world.task_locks[task]]
            for waiter in world.waiters:
                awaits[waiter] += [session] if task in waiter.awaited else []
    return Reduction(world, wants, awaits, granted, eager).run()


def sleepers(world):
    """A session for each task that is waited for and has none yet."""
    awaited = {task for waiter in world.waiters for task in waiter.awaited if task in world.task_locks}
    return {task: Session(task, task=task) for task in awaited if not world.task_session(task)}


class Reduction:
    def __init__(self, world, wants, awaits, granted, eager):
        self.world, self.wants, self.awaits, self.eager = world, wants, awaits, eager
        self.left = {*wants, *self.awaits}
        for session in list(self.left):
            self.left |= {elder for elder in session.line if elder.alive}
        self.held = [
            (session, *lock) for session in self.left for grant in session.grants.values() for lock in grant.locks
        ]
        if granted and granted.session in self.left:
            self.held += ((granted.session, *lock) for lock in granted.locks)

    def run(self):
        while True:
            ended = {session for session in self.left if self.may_end(session)}
            self.left -= ended
            if ended:
                self.held = [lock for lock in self.held if lock[0] not in ended]
            if not (self.grant() if self.eager else False) and not ended:
                return self.left

    def may_end(self, session):
        return (
            all(self.is_free(session, locks) for locks in self.wants.get(session, ()))
            and not any(session in other.line for other in self.left)
            and not any(awaited in self.left for awaited in self.awaits.get(session, ()))
        )

    def grant(self):
        """Grants what is free; true when something was."""
        some = False
        for session in [session for session in self.wants if session in self.left]:
            for locks in list(self.wants[session]):
                if self.is_free(session, locks):
                    self.wants[session].remove(locks)
                    self.held += ((session, *lock) for lock in locks)
                    some = True
        return some

    def is_free(self, session, locks):
        return all(self.has_slot(session, path) for path, mode in locks if mode == "slot") and not any(
            conflict(*lock, path, mode) and not related(holder, session)
            for holder, path, mode in self.held
            for lock in locks
        )

    def has_slot(self, session, path):
        holders = {holder for holder, at, mode in self.held if mode == "slot" and at == path}
        capacity = self.world.capacities.get(path)
        return capacity is None or serves(holders, session) or count([*holders, session]) <= capacity
