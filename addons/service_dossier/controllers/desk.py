"""A customer's own people: the administrator of the desk invites and removes them."""

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .visitor import tell, told


class DossierDesk(CustomerPortal):
    """The page with the customer's people; everything that changes something is a POST."""

    @http.route("/my/colleagues", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_colleagues(self, **kw):
        """List who of the own company has access."""
        user = request.env.user
        if not user.share:
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="colleagues",
            colleagues=user._dossier_colleagues(),
            administrator=user._is_dossier_administrator(),
            **told(),
        )
        return request.render("service_dossier.portal_colleagues", values)

    def _back_to_colleagues(self, *, notice="", problem=""):
        tell(notice=notice, problem=problem)
        return request.redirect("/my/colleagues")

    @http.route("/my/colleagues/invite", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_invite_colleague(self, name="", email="", **post):
        """Invite somebody; whoever is not the administrator finds nothing here."""
        try:
            with request.env.cr.savepoint():
                request.env.user._invite_dossier_colleague(name, email)
        except AccessError:
            raise request.not_found() from None
        except UserError as error:
            return self._back_to_colleagues(problem=str(error.args[0]))
        return self._back_to_colleagues(notice=request.env._("The invitation was sent."))

    @http.route("/my/colleagues/<int:user_id>/remove", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_remove_colleague(self, user_id, **post):
        """Take somebody's access away."""
        try:
            with request.env.cr.savepoint():
                request.env.user._remove_dossier_colleague(user_id)
        except AccessError:
            raise request.not_found() from None
        except UserError as error:
            return self._back_to_colleagues(problem=str(error.args[0]))
        return self._back_to_colleagues(notice=request.env._("The access was taken away."))
