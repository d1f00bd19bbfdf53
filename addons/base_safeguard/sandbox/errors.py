"""What can be wrong with a file, as codes that the Odoo side turns into sentences."""


class JobError(Exception):
    """A job that could not be done.

    :param code: what is wrong, e.g. ``damaged``, ``too_heavy``; jobs have codes of their own
    :param values: what a sentence about it names
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
