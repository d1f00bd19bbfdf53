import email.policy
from email.headerregistry import Address

from odoo import api, models
from odoo.addons.base.models.ir_mail_server import IdentificationFieldsNoFoldPolicy, MailDeliveryException

from ..delivery import ListeningSession
from ..headers import (
    ADDRESS_HEADERS,
    UNFOLDED_HEADERS,
    ascii_address,
    ascii_host,
    fold_addresses,
    with_ascii_urls,
)
from ..texts import one_line

_UNLIMITED = email.policy.SMTP.clone(max_line_length=None)


class StructuredHeadersPolicy(IdentificationFieldsNoFoldPolicy):
    """Leaves structured headers in one line; Python folds what is longer than 78 characters into encoded words.

    Addresses are folded between them, see :func:`fold_addresses`.
    """

    def _fold(self, name, value, *args, **kwargs):
        if name.lower() in UNFOLDED_HEADERS:
            return _UNLIMITED._fold(name, self.header_factory(name, with_ascii_urls(str(value))), *args, **kwargs)
        if name.lower() in ADDRESS_HEADERS:
            # Odoo hands over lists of texts, too
            header = self.header_factory(name, str(value))
            if _is_plain_list(header):
                addresses = [
                    Address(each.display_name, each.username, ascii_host(each.domain)) for each in header.addresses
                ]
                return fold_addresses(name, addresses, self.linesep)
        return super()._fold(name, value, *args, **kwargs)


def _is_plain_list(header):
    """Return whether a header is a list of addresses, in no groups, that could be read; their domains may be any."""
    return (
        bool(header.addresses)
        and not header.defects
        and all(address.username.isascii() and address.domain for address in header.addresses)
        and not any(group.display_name for group in header.groups)
    )


_POLICY = StructuredHeadersPolicy(linesep=email.policy.SMTP.linesep)


class IrMailServer(models.Model):
    """Headers that mail programs can read, and an ear for what servers say."""

    _inherit = "ir.mail_server"

    @api.model
    def _build_email__(self, email_from, email_to, subject, body, *args, **kwargs):
        kwargs.update(
            {name: one_line(kwargs[name]) for name in ("email_cc", "email_bcc", "reply_to") if name in kwargs}
        )
        if headers := kwargs.get("headers"):
            kwargs["headers"] = {name: one_line(value) for name, value in headers.items()}
        if attachments := kwargs.get("attachments"):
            kwargs["attachments"] = [(one_line(name), *content) for name, *content in attachments]
        message = super()._build_email__(
            one_line(email_from), one_line(email_to), one_line(subject), body, *args, **kwargs
        )
        message.policy = _POLICY
        return message

    def _prepare_smtp_to_list(self, message, smtp_session):
        # the envelope has domains in ASCII; Odoo looks for them among the addresses as they were typed
        if typed := self.env.context.get("send_validated_to"):
            self = self.with_context(send_validated_to=[*typed, *map(ascii_address, typed)])
        return super()._prepare_smtp_to_list(message, smtp_session)

    @api.model
    def send_email(self, message, *args, smtp_session=None, **kwargs):
        if not self.env["database.home"]._is_home():
            raise MailDeliveryException(
                self.env._("This database is a copy of another one: it sends no mail. See the general settings.")
            )
        attempt = self.env.context.get("mail_attempt")
        if attempt is None:
            return super().send_email(message, *args, smtp_session=smtp_session, **kwargs)
        addresses = self.env.context.get("send_validated_to") or [""]
        session = ListeningSession(smtp_session) if smtp_session else None
        try:
            header = super().send_email(message, *args, smtp_session=session, **kwargs)
        except Exception as error:
            attempt.refuse(addresses, error)
            raise
        attempt.take(addresses, session.refused if session else {})
        return header
