"""What mail servers say about a mail, and when it is sent again. Plain Python, no ORM."""

import re
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from email.parser import HeaderParser
from functools import lru_cache
from typing import Any

from odoo.tools.mail import email_normalize_all

from .headers import ascii_address

#: Minutes from one try to the next; after the last one the mail has failed. About four days: RFC 5321, 4.5.4.1.
RETRY_MINUTES = (5, 15, 45, 120, 360, 720, 1440, 1440, 1440)

#: What a server answers: a code and its words.
Answer = tuple[int, bytes | str]

SENT, FAILED, WAITING = "sent", "failed", "waiting"


@lru_cache(maxsize=4096)
def addresses_in(field: str | None) -> tuple[str, ...]:
    """Return the addresses in an address field, normalized; a run that mails many asks several times for each."""
    return tuple(email_normalize_all(field or ""))


def is_failure_report(message: Message | None) -> bool:
    """Return whether a mail server reports that a mail failed, and not that it is late or was passed on.

    The action is that of RFC 3464, 2.3.3; a report that names none is one of a failure. Reports of other kinds are
    none: that a mail was displayed (RFC 8098) or called spam (RFC 5965) says that it arrived.
    """
    if message is None:
        return True
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type") or "delivery-status")
        if kind.strip().lower() != "delivery-status":
            return False
    actions = [_action(fields) for fields in _recipient_fields(message)]
    return not any(actions) or "failed" in actions


def failed_recipients(message: Message | None) -> list[str]:
    """Return the addresses that a report says a mail did not reach: as it was sent to, and as it was passed on to.

    A server that gives up a mail for several says so in one report (RFC 3464, 2.3).
    """
    found = []
    for fields in _recipient_fields(message) if message else ():
        if _action(fields) in ("", "failed"):
            # encoded as in SMTP (RFC 3461, 4)
            origin = str(fields["Original-Recipient"] or "")
            origin = re.sub(r"\+([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), origin)
            found += [value.partition(";")[2].strip() for value in (origin, str(fields["Final-Recipient"] or ""))]
    return list(dict.fromkeys(filter(None, found)))


def _recipient_fields(message: Message) -> Iterator[Message]:
    """Yield the fields that a report has of each recipient; those of addresses beyond ASCII have a type (RFC 6533)."""
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            groups = part.get_payload()
            for group in groups if isinstance(groups, list) else ():
                if isinstance(group, Message):
                    yield from filter(_is_of_recipient, (group, *_following(group)))


def _following(group: Message) -> Iterator[Message]:
    """Yield the groups of fields behind one: Python reads those of the newer type as the text of the first."""
    rest = b"" if group.is_multipart() else group.get_payload(decode=True)
    if isinstance(rest, bytes):
        for block in re.split(r"\r?\n[ \t]*\r?\n", rest.decode("utf-8", "replace")):
            yield HeaderParser().parsestr(block.lstrip())


def _is_of_recipient(fields: Message) -> bool:
    return bool(fields["Final-Recipient"] or fields["Action"])


def _action(fields: Message) -> str:
    """Return what happened to a recipient, without a comment."""
    return str(fields["Action"] or "").partition("(")[0].strip().lower()


def minutes_until_next_try(attempts: int) -> int | None:
    """Return the minutes until a mail that was tried ``attempts`` times is tried again, None after the last try."""
    return RETRY_MINUTES[attempts - 1] if 0 < attempts <= len(RETRY_MINUTES) else None


def origin(error: BaseException) -> BaseException:
    """Return the error below the ones that Odoo wraps around what ``smtplib`` says."""
    while not isinstance(error, OSError) and (wrapped := error.__cause__ or error.__context__):
        error = wrapped
    return error


def is_temporary(error: BaseException) -> bool:
    """Return whether the same mail may be taken later: server not reached or lost, a 4yz answer (RFC 5321, 4.2.1)."""
    error = origin(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return _is_temporary_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)


def _is_temporary_code(code: int) -> bool:
    # no answer at all (-1) is a lost connection
    return not 500 <= code < 600


class Attempt:
    """One try to send one mail: what became of each address."""

    def __init__(self) -> None:
        self.mail_id: int | None = None
        self._verdicts: dict[str, tuple[str, str]] = {}

    def start(self, mail_id: int | None) -> None:
        """Begin with a mail."""
        self.mail_id = mail_id
        self._verdicts = {}

    def stop(self) -> None:
        """Forget the mail."""
        self.start(None)

    def take(self, addresses: list[str], refused: Mapping[str, Answer] | None = None) -> None:
        """Note that a server took a message for ``addresses`` but for those ``refused`` (as ``smtplib`` tells them)."""
        for address in addresses:
            answer = self._answer(address, addresses, refused or {})
            self._verdicts[address] = self._verdict(answer) if answer else (SENT, "")

    def refuse(self, addresses: list[str], error: BaseException) -> None:
        """Note that a message for ``addresses`` could not be handed over."""
        cause = origin(error)
        if isinstance(cause, smtplib.SMTPRecipientsRefused):
            self.take(addresses, cause.recipients)
            return
        if isinstance(cause, smtplib.SMTPResponseException):
            verdict = self._verdict((cause.smtp_code, cause.smtp_error))
        else:
            verdict = (WAITING if is_temporary(error) else FAILED, str(cause) or type(cause).__name__)
        self._verdicts.update(dict.fromkeys(addresses, verdict))

    def verdict(self, address: str) -> tuple[str, str] | None:
        """Return ``(state, reason)`` of an address, or None where it was not tried."""
        return self._verdicts.get(address)

    @property
    def is_empty(self) -> bool:
        """Whether the mail did not come as far as to a server."""
        return not self._verdicts

    def _answer(self, address: str, addresses: Sequence[str], refused: Mapping[str, Answer]) -> Answer | None:
        # the server saw a domain beyond ASCII in another spelling
        answer = refused.get(address) or refused.get(ascii_address(address))
        return answer or (next(iter(refused.values())) if refused and len(addresses) == 1 else None)

    def _verdict(self, answer: Answer) -> tuple[str, str]:
        code, text = answer
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return (WAITING if _is_temporary_code(code) else FAILED), f"{code} {text}"


class ListeningSession:
    """An SMTP session that notes which addresses the server refused while it took the message for others."""

    def __init__(self, session: smtplib.SMTP) -> None:
        self._session = session
        self.refused: Mapping[str, Answer] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def send_message(self, *args: Any, **kwargs: Any) -> Mapping[str, Answer]:
        """Send a message; see ``smtplib.SMTP.send_message``."""
        self.refused = self._session.send_message(*args, **kwargs) or {}
        return self.refused
