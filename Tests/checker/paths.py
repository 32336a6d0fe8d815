"""Lock paths, who covers whom, and an index of locks by path (design §4)."""

from functools import lru_cache

# Which modes a mode conflicts with, where the paths touch. Slots of one path are a matter of counting: see world.py.
RIVALS = {"exclusive": ("exclusive", "shared", "slot"), "shared": ("exclusive",), "slot": ("exclusive",)}


@lru_cache(maxsize=1 << 16)
def above(path):
    """All paths that contain this one, from `/` down."""
    if path == "/":
        return ()
    segments = path[1:].split("/")
    return ("/", *("/" + "/".join(segments[:count]) for count in range(1, len(segments))))


def touch(one, other):
    """True when one path equals or contains the other."""
    return one == other or one in above(other) or other in above(one)


def conflict(path, mode, other_path, other_mode):
    return other_mode in RIVALS[mode] and touch(path, other_path)


class PathIndex:
    """Entries (grants or requests) by the paths and modes of their locks."""

    def __init__(self):
        self.exact = {mode: {} for mode in RIVALS}
        self.within = {mode: {} for mode in RIVALS}

    def add(self, entry, path, mode):
        self.exact[mode].setdefault(path, {})[entry.position] = entry
        for place in (path, *above(path)):
            self.within[mode].setdefault(place, {})[entry.position, path] = entry

    def remove(self, entry, path, mode):
        self._drop(self.exact[mode], path, entry.position)
        for place in (path, *above(path)):
            self._drop(self.within[mode], place, (entry.position, path))

    @staticmethod
    def _drop(table, place, key):
        entries = table[place]
        del entries[key]
        if not entries:
            del table[place]

    def on(self, path, mode):
        """The entries with exactly this lock."""
        return self.exact[mode].get(path, {}).values()

    def conflicting(self, path, mode):
        """The entries with a lock that conflicts with this one, whoever has them."""
        for rival in RIVALS[mode]:
            yield from self.within[rival].get(path, {}).values()
            exact = self.exact[rival]
            if exact:
                for place in above(path):
                    if place in exact:
                        yield from exact[place].values()
