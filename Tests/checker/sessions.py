"""Sessions and their families (design §5)."""


class Session:
    __slots__ = ("id", "line", "host", "task", "has_process", "alive", "children", "grants", "requests", "awaited")

    def __init__(self, id, parent=None, host="", task=None, has_process=False):
        self.id = id
        # All recorded ancestors, the eldest first; it never changes.
        self.line = (*parent.line, parent) if parent else ()
        self.host, self.task, self.has_process = host, task, has_process
        self.alive = True
        # The living sessions whose nearest living ancestor it is.
        self.children = set()
        self.grants, self.requests, self.awaited = {}, {}, set()
        if self.elder():
            self.elder().children.add(self)

    def elder(self):
        """The nearest living ancestor."""
        return next((session for session in reversed(self.line) if session.alive), None)

    def end(self):
        """What it leaves behind belongs to its elder's family."""
        self.alive = False
        elder = self.elder()
        if elder:
            elder.children.discard(self)
            elder.children |= self.children
        self.children = set()

    def __repr__(self):
        return self.id


def related(one, other):
    """Itself, an ancestor or a descendant: these never conflict."""
    return one is other or one in other.line or other in one.line


def is_of(session, head):
    """True when the session is `head` or a descendant of it."""
    return session is head or head in session.line
