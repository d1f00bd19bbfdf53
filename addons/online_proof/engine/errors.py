"""What can be wrong with a file, as codes that the Odoo side turns into sentences."""


class FileRefusedError(Exception):
    """A file that cannot be proofed.

    :param code: one of ``empty``, ``unsupported``, ``encrypted``, ``damaged``, ``no_pages``,
        ``too_many_pages``, ``page_too_large``, ``too_many_pixels``, ``too_heavy``
    :param values: what the sentence names, e.g. the page
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
