"""One mail that tells of a message, before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odoo.models import BaseModel


@dataclass(frozen=True)
class Notice:
    """Whom a mail goes to, in which language, and why.

    :ivar kind: ``email`` (chosen by the author), ``answer`` (to the author of what is answered), ``answer_other`` or
        ``message`` (told because they belong to the dossier), ``notice`` (there is something internal to read)
    :ivar link: whose page the button opens: ``portal``, ``office`` or nobody's (people without access)
    :ivar partners: the readers with an account; empty where the mail goes to bare addresses
    :ivar copies: addresses that get a copy, next to ``addresses``
    """

    kind: str
    lang: str
    partners: BaseModel
    addresses: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    link: str = ""

    @property
    def recipients(self) -> str:
        """All addresses, as a mailing keeps them."""
        return ",".join((*self.addresses, *self.copies))
