"""What a message can be: one class for each type.

A message asks its type who may write it, what it needs, what it does and whom it is mailed to; no other code asks
which type it has. The next type is a class at the end of this file, or in an addon of its own, which registers it and
adds its code to the selection of ``service.dossier.message.message_type``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.exceptions import UserError
from odoo.tools import is_html_empty

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel

CUSTOMER, STAFF = "customer", "staff"


class MessageType:
    """What all types have in common; a type names only where it differs."""

    code = ""
    label = ""
    icon = "fa-comment-o"
    #: who may choose it; nobody: only the program writes it
    writers: frozenset[str] = frozenset((CUSTOMER, STAFF))
    #: the customer's people may write it among themselves: the manufacturer neither sends it nor acts on it
    may_be_internal = True
    needs_text = True
    needs_files = False
    #: its author says whom it goes to; nobody else is told
    is_addressed = False
    #: answers have this type as well; otherwise they are remarks
    passes_to_answers = False
    #: the files go along with its mails
    attaches_files = False
    #: the day of this message decides whether a warranty pays
    asks_for_service = False
    #: what the form asks for: names of its fields, next to those of every message
    form_fields: tuple[str, ...] = ()
    #: the tab of the dossier that it leads to
    tab = "communication"

    def refusal(self, dossier: BaseModel) -> str:
        """Return why nobody can write this in a dossier now, or an empty string."""
        return ""

    def check(self, dossier: BaseModel, values: dict[str, Any], files: list) -> None:
        """:raises UserError: where something is missing, or the dossier does not allow it"""
        if self.needs_files and not files:
            raise UserError(dossier.env._("Choose a file first."))
        if self.needs_text and is_html_empty(values.get("body")):
            raise UserError(dossier.env._("Write a text first."))
        if refusal := self.refusal(dossier):
            raise UserError(refusal)

    def apply(self, message: BaseModel, category_id: int | bool) -> None:
        """Do what a new message (superuser) of this type does beyond being kept and mailed."""

    def also_told(self, message: BaseModel) -> BaseModel:
        """Return partners who are told of a message (superuser), next to those who are told of every one."""
        return message.env["res.partner"]

    def thanks(self, env: Environment) -> str:
        """Return what the author reads when it was saved."""
        return env._("Your message was saved.")

    def mail_text(self, env: Environment) -> str:
        """Return what its mails say where nothing was written."""
        return ""


_types: dict[str, MessageType] = {}


def register(cls: type[MessageType]) -> type[MessageType]:
    """Add a class to the types (decorator)."""
    _types[cls.code] = cls()
    return cls


def get(code: str) -> MessageType:
    """Return a type by its code; what nobody registered is an ordinary message."""
    return _types.get(code) or _types["remark"]


def selection() -> list[tuple[str, str]]:
    """Return codes and labels for the field."""
    return [(kind.code, kind.label) for kind in _types.values()]


def codes(**attributes: bool) -> tuple[str, ...]:
    """Return the codes of the types that have these values of these attributes."""
    return tuple(
        kind.code for kind in _types.values() if all(getattr(kind, name) == value for name, value in attributes.items())
    )


def codes_for(writer: str) -> tuple[str, ...]:
    """Return the codes that a customer, or an employee, may choose."""
    return tuple(kind.code for kind in _types.values() if writer in kind.writers)


def answer_code(parent_code: str | bool) -> str:
    """Return the type of an answer to a message; of a message that answers none, by mail, too."""
    kind = get(parent_code or "")
    return kind.code if kind.passes_to_answers else "remark"


@register
class Attachment(MessageType):
    """Files, with or without a text."""

    code, label, icon = "attachment", "Attachment", "fa-paperclip"
    needs_text = False
    needs_files = True


@register
class Email(MessageType):
    """To anybody, also to people without access; it leaves through the manufacturer's mail server."""

    code, label, icon = "email", "E-mail", "fa-envelope-o"
    may_be_internal = False
    is_addressed = True
    passes_to_answers = True
    form_fields = ("recipients",)

    def check(self, dossier: BaseModel, values: dict[str, Any], files: list) -> None:
        """Keep customers from mailing to the world through the manufacturer."""
        if dossier.env.user.share:
            addresses = ",".join(filter(None, (values["recipients"], values["cc"])))
            dossier.env["service.dossier.message"]._check_mail_volume(addresses)
        return super().check(dossier, values, files)

    def thanks(self, env: Environment) -> str:
        """It left at once."""
        return env._("Your e-mail is on its way.")


@register
class Complaint(MessageType):
    """An employee handles it: a helpdesk ticket."""

    code, label, icon = "complaint", "Complaint", "fa-exclamation-triangle"
    may_be_internal = False
    form_fields = ("category",)

    def apply(self, message: BaseModel, category_id: int | bool) -> None:
        """Register the complaint."""
        message.env["helpdesk.ticket"]._create_from_dossier(message, category_id)


@register
class Remark(MessageType):
    """To the contact person; what answers something is a remark, too."""

    code, label = "remark", "Remark"
    passes_to_answers = True


@register
class ServiceRequest(Complaint):
    """A complaint about finished goods that opens the configurator."""

    code, label, icon = "service_request", "Service request", "fa-wrench"
    asks_for_service = True
    tab = "configurator"

    def refusal(self, dossier: BaseModel) -> str:
        """Name the contact person where the dossier is not finished."""
        return dossier._service_refusal()

    def apply(self, message: BaseModel, category_id: int | bool) -> None:
        """Move the dossier on, too."""
        message.dossier_id._move_to_kind("service")
        return super().apply(message, category_id)

    def thanks(self, env: Environment) -> str:
        """Say what comes next."""
        return env._("Your service request is registered. You can configure the parts now.")


@register
class WarrantyDocument(MessageType):
    """The numbers of what is under warranty, as a file."""

    code, label, icon = "warranty_document", "Warranty document", "fa-certificate"
    writers = frozenset()
    may_be_internal = False
    needs_text = False
    attaches_files = True

    def also_told(self, message: BaseModel) -> BaseModel:
        """Whoever asked for service gets the document."""
        return message._service_requesters()

    def mail_text(self, env: Environment) -> str:
        """Say what the attachment is good for."""
        return env._(
            "You find the warranty document in the attachment. Keep it: its numbers and QR codes are what you need to "
            "order service."
        )


@register
class ComplaintSolved(MessageType):
    """The end of a complaint, with the question how it was handled."""

    code, label, icon = "complaint_solved", "Complaint solved", "fa-check"
    writers = frozenset()


@register
class Order(MessageType):
    """What became of a service order."""

    code, label, icon = "order", "Service order", "fa-shopping-cart"
    writers = frozenset()

    def also_told(self, message: BaseModel) -> BaseModel:
        """Whoever placed the order hears of it."""
        return message.create_uid.partner_id.filtered("partner_share")
