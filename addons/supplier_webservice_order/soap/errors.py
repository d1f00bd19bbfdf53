"""How a call can end badly. What matters is whether the supplier may have acted on it."""

from collections.abc import Iterable


class SoapError(Exception):
    """A call without a usable answer.

    :param reason: machine-readable reason, see ``const.FAILURE_REASONS``
    :param detail: what the other side or the network said
    :param response: bytes that came back, if any
    :param codes: what a Fault holds of codes: its own, and each single value of its detail
    :param retry_after: seconds of patience that the supplier asks for
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        response: bytes = b"",
        *,
        codes: Iterable[str] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.response = response
        self.codes = frozenset(codes)
        self.retry_after = retry_after


class NotSentError(SoapError):
    """Nothing reached the supplier: the same message may simply be sent later."""


class RefusedError(SoapError):
    """A definite no: the supplier did not and will not act on this message."""


class FateUnknownError(SoapError):
    """The supplier may have acted: ask before sending again."""
