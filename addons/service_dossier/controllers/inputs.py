"""What visitors send is read here: anything may stand in the place of a number or a text."""

import functools

MAX_ID = 2**31 - 1


def plain_text(value):
    """Return a text that the database can hold, empty where something else was sent (a file)."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def plain_texts(method):
    """Let a route see texts only, next to the numbers of its path."""

    @functools.wraps(method)
    def route(self, **values):
        return method(
            self, **{key: value if type(value) is int else plain_text(value) for key, value in values.items()}
        )

    return route


def record_id(text):
    """Return the id that a text holds, 0 where it holds none."""
    known = text.isascii() and text.isdigit() and len(text) <= 10
    return int(text) if known and int(text) <= MAX_ID else 0
