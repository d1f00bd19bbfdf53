"""What code with notes in it (``tools.mutant_noting``) tells while tests run: would a mutant behave differently here?

Plain Python of the standard library alone: the processes that strangers' files are read in load it by its path.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable

#: how often a search is done again without a part of its domain, in each test
SEARCHES_AGAIN = 5


def _same(one, other) -> bool:
    """Return whether two sides of a limit are equal, in arrays anywhere."""
    equal = one == other
    return bool(equal.any()) if hasattr(equal, "any") else bool(equal)


def _found(result):
    """Return what two answers of a search are compared by."""
    return getattr(result, "_ids", result)


class Notes:
    """Takes the notes of code.

    :param noted: ``noted(key, strong)``: strong where the mutant would behave differently, not strong where it may
    :param wanted: ``wanted(key)``: whether it would be news that a mutant behaves differently
    """

    def __init__(self, noted: Callable, wanted: Callable = bool):
        self._noted, self._wanted = noted, wanted
        self._sides: dict = {}
        self.again: Counter = Counter()

    def came(self, keys: Iterable[str]) -> None:
        """Code was come by."""
        for key in keys:
            self._noted(key, False)

    def failed(self, key: str) -> None:
        """A call that only refuses has refused."""
        self._noted(key, True)

    def true(self, key: str, value):
        """A condition: differs where it holds."""
        if value:
            self._noted(key, True)
        return value

    def false(self, key: str, value):
        """A condition: differs where it does not hold."""
        if not value:
            self._noted(key, True)
        return value

    def value(self, keys: Iterable[str], value):
        """A value that was come by."""
        self.came(keys)
        return value

    def side(self, place: str, key: str, last: bool, value):
        """A side of a comparison: differs where it equals the one before; ``key`` is empty for the first."""
        before = self._sides.pop(place, None)
        if key and _same(before, value):
            self._noted(key, True)
        if not last:
            self._sides[place] = value
        return value

    def narrows(self, key: str, sure: bool, records, name: str, /, *args, **values):
        """A call that passes on fewer records: differs where it did."""
        result = getattr(records, name)(*args, **values)
        if _found(result) != _found(records):
            self._noted(key, True)
        elif not sure:
            self._noted(key, False)
        return result

    def searched(self, parts: dict[int, str], model, name: str, domain: list, /, *args, **values):
        """A search: differs where it finds something else without a part of its domain."""
        search = getattr(model, name)
        result = search(domain, *args, **values)
        for number, key in parts.items():
            if self._wanted(key):
                self.again[key] += 1
                if self.again[key] > SEARCHES_AGAIN:
                    self._noted(key, False)
                    continue
                # the tests count queries, too, on the cursor that a route's is a part of
                counting = getattr(model.env.cr, "_cursor", model.env.cr)
                count = counting.sql_log_count
                other = search([part for at, part in enumerate(domain) if at != number], *args, **values)
                counting.sql_log_count = count
                if _found(other) != _found(result):
                    self._noted(key, True)
        return result


def to_file(path: str) -> Notes:
    """Return notes that a process of its own writes to a file, each once."""
    known = set()

    def noted(key, strong):
        if (key, strong) not in known:
            known.add((key, strong))
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, f"{int(strong)}{key}\n".encode(errors="backslashreplace"))
            os.close(file)

    return Notes(noted)


def from_file(path: str) -> list[tuple[str, bool]]:
    """Return the notes that such processes have written, and forget them."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return []
    with os.fdopen(file, "r+b") as notes:
        lines = notes.read().decode().splitlines()
        notes.truncate(0)
    return [(line[1:], line[0] == "1") for line in lines]


def of_process(name: str, path: str) -> Notes:
    """Return this process's notes, those of Odoo or else ones that go to a file."""
    import builtins

    if not hasattr(builtins, name):
        setattr(builtins, name, to_file(path))
    return getattr(builtins, name)
