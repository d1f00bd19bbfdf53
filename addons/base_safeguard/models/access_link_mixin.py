import hashlib
import os
import secrets

from odoo import api, fields, models
from odoo.tools import consteq, hmac

#: With this variable set, a copy of the database alone does not tell the addresses it knows.
SECRET_VARIABLE = "ODOO_ACCESS_LINK_SECRET"  # noqa: S105 - the name of a variable


class AccessLinkMixin(models.AbstractModel):
    """A secret link to a record: who has the address has the right.

    The token is never stored. It is computed from a random ``access_link_nonce`` and the secrets of
    database and server, so that it can be shown again; what opens the link is the SHA-256 digest of the token.
    Models decide by :meth:`_is_access_link_open` what else has to hold (state of the document, end of its reason).

    Coming from a model that stored its tokens: write ``_hash_access_token(token)`` into
    ``access_link_previous_digest``, and the addresses that were given away go on working until the link is rotated.
    """

    _name = "access.link.mixin"
    _description = "Secret Link"

    access_link_nonce = fields.Char(groups="base.group_system", copy=False)
    access_link_digest = fields.Char(groups="base.group_system", copy=False, index="btree_not_null")
    access_link_previous_digest = fields.Char(
        groups="base.group_system",
        copy=False,
        index="btree_not_null",
        help="Digest of an older address of the link that still opens it.",
    )
    date_link_expiry = fields.Datetime("Link Works Until", copy=False, help="Empty: the link does not expire.")
    link_revoked = fields.Boolean(default=False, copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Give each record a link of its own; nobody chooses its parts."""
        return super().create([{**vals, **self._prepare_access_link_values()} for vals in vals_list])

    @api.model
    def _prepare_access_link_values(self):
        """Return the values of a fresh link (keys: nonce, digest, previous digest, revoked)."""
        nonce = secrets.token_urlsafe(24)
        return {
            "access_link_nonce": nonce,
            "access_link_digest": self._hash_access_token(self._derive_access_token(nonce)),
            "access_link_previous_digest": False,
            "link_revoked": False,
        }

    @api.model
    def _hash_access_token(self, token):
        """Return the digest under which a token is known (SHA-256, hexadecimal)."""
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    @api.model
    def _derive_access_token(self, nonce):
        # the key of the database is for the superuser
        env_sudo = self.sudo().env
        message = (self._name, nonce, os.environ.get(SECRET_VARIABLE, ""))
        return hmac(env_sudo, "base_safeguard.access_link", message)[:43]

    def _get_access_token(self):
        """Return the token of the link, for its address.

        Where the secrets have changed (a copied database) or the link comes from an older version, the record
        gets a new token and the one before goes on working.
        """
        self.ensure_one()
        record_sudo = self.sudo()  # those who may show the link do not read its parts
        token = self._derive_access_token(record_sudo.access_link_nonce) if record_sudo.access_link_nonce else ""
        if not token or self._hash_access_token(token) != record_sudo.access_link_digest:
            previous = record_sudo.access_link_digest or record_sudo.access_link_previous_digest
            values = self._prepare_access_link_values()
            values.update(access_link_previous_digest=previous, link_revoked=record_sudo.link_revoked)
            record_sudo.write(values)
            token = self._derive_access_token(values["access_link_nonce"])
        return token

    def _is_access_link_open(self):
        """Return whether the link of this record works now; models add their own reasons."""
        self.ensure_one()
        expired = self.date_link_expiry and self.date_link_expiry <= fields.Datetime.now()
        return not self.link_revoked and not expired

    def _has_access_token(self, token):
        """Return whether ``token`` is the one of this record, in constant time; whether it still works is not asked."""
        self.ensure_one()
        if not isinstance(token, str) or len(token) > 256:
            return False
        given = self._hash_access_token(token)
        known = [digest for digest in (self.access_link_digest, self.access_link_previous_digest) if digest]
        # both are compared, whatever the first one says
        return any([consteq(digest, given) for digest in known])  # noqa: C419

    @api.model
    def _find_by_access_token(self, record_id, token):
        """Return the record that an address opens, as superuser, or an empty recordset.

        Wrong, expired and revoked links are not told apart.

        :param int record_id: the id in the address
        :param token: what the visitor sent; may be anything
        """
        record_sudo = self.sudo().browse(record_id).exists() if record_id else self.sudo()
        if not record_sudo or not record_sudo._has_access_token(token) or not record_sudo._is_access_link_open():
            return self.sudo().browse()
        return record_sudo

    @api.model
    def _search_by_access_token(self, token):
        """Return the record that a token opens where the address holds no id, as superuser, or an empty recordset."""
        if not isinstance(token, str) or not 16 <= len(token) <= 256:
            return self.sudo().browse()
        digest = self._hash_access_token(token)
        # a digest tells nothing about the token, so that the time an index needs tells nothing either
        record_sudo = self.sudo().search(
            ["|", ("access_link_digest", "=", digest), ("access_link_previous_digest", "=", digest)], limit=1
        )
        return record_sudo if record_sudo and record_sudo._is_access_link_open() else record_sudo.browse()

    def _rotate_access_link(self):
        """Give each record a new address; the old ones stop working."""
        for record_sudo in self.sudo():  # see _get_access_token
            record_sudo.write(self._prepare_access_link_values())

    def _revoke_access_link(self):
        """End the links at once, until they are rotated."""
        self.sudo().write({"link_revoked": True})  # see _get_access_token
