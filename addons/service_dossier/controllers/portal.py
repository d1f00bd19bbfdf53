"""Dossiers on the portal: overview, page, new dossier."""

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request

from ..const import AUDIENCE_ICONS, COUNT_LIMIT, STAGE_KINDS, TYPE_ICONS

PAGE_SIZE = 20


class ServiceDossierPortal(CustomerPortal):
    """Pages that show dossiers; what changes them is in ``communication`` and ``configurator``."""

    # Finding

    def _get_dossier(self, dossier_id):
        """Return a dossier that the current user may read, as that user.

        :raises NotFound: also for dossiers of other customers
        """
        dossier = request.env["service.dossier"].search([("id", "=", dossier_id)])
        if not dossier:
            raise request.not_found()
        return dossier

    def _own_domain(self):
        customer = request.env.user.partner_id.commercial_partner_id
        return Domain("commercial_partner_id", "=", customer.id)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dossier_count" in counters:
            Dossier = request.env["service.dossier"]
            readable = Dossier.has_access("read")
            values["dossier_count"] = Dossier._count_up_to(self._own_domain()) if readable else 0
        return values

    # Overview

    def _dossier_sortings(self):
        return {
            "activity": {"label": request.env._("Last activity"), "order": "date_activity desc, id desc"},
            "date": {"label": request.env._("Newest"), "order": "id desc"},
            "name": {"label": request.env._("Number"), "order": "name"},
            "reference": {"label": request.env._("Your reference"), "order": "reference, id desc"},
            "stage": {"label": request.env._("Stage"), "order": "stage_id, id desc"},
        }

    def _dossier_filters(self):
        labels = dict(request.env["service.dossier.stage"]._fields["kind"]._description_selection(request.env))
        own = self._own_domain()
        filters = {
            "all": {"label": request.env._("All"), "domain": own},
            "unread": {"label": request.env._("Unread"), "domain": own & Domain("unread_count", ">", 0)},
        }
        stages = request.env["service.dossier.stage"].search([])
        for kind, _label in STAGE_KINDS:
            chosen = stages.filtered(lambda stage, kind=kind: stage.kind == kind)
            filters[kind] = {"label": labels[kind], "domain": own & Domain("stage_id", "in", chosen.ids)}
        partner = request.env.user.partner_id
        filters["shared"] = {
            "label": request.env._("Shared with me"),
            "domain": ~own & Domain("message_partner_ids", "in", [partner.id]),
        }
        return filters

    def _dossier_inputs(self):
        return {
            "all": {"input": "all", "label": request.env._("Search in all")},
            "name": {"input": "name", "label": request.env._("Search in number")},
            "reference": {"input": "reference", "label": request.env._("Search in reference")},
            "order": {"input": "order", "label": request.env._("Search in order number")},
            "warranty": {"input": "warranty", "label": request.env._("Search in warranty number")},
        }

    def _dossier_search_domain(self, search_in, search):
        domains = {
            "name": Domain("name", "ilike", search),
            "reference": Domain("reference", "ilike", search),
            "order": Domain("order_number", "ilike", search),
            "warranty": Domain("warranty_ids", "any", [("name", "ilike", search.strip().upper())]),
        }
        return domains.get(search_in) or Domain.OR(domains.values())

    @http.route(["/my/dossiers", "/my/dossiers/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    @plain_texts
    def portal_my_dossiers(self, page=1, sortby="activity", filterby="all", search="", search_in="all", **kw):
        """List the dossiers of the user's customer number."""
        Dossier = request.env["service.dossier"]
        if not Dossier.has_access("read"):
            return request.redirect("/my")
        sortings, filters = self._dossier_sortings(), self._dossier_filters()
        sortby = sortby if sortby in sortings else "activity"
        filterby = filterby if filterby in filters else "all"
        domain = Domain(filters[filterby]["domain"])
        if search:
            domain &= self._dossier_search_domain(search_in, search[:100])
        total = Dossier._count_up_to(domain)
        pager = portal_pager(
            url="/my/dossiers",
            url_args={"sortby": sortby, "filterby": filterby, "search": search, "search_in": search_in},
            total=total,
            page=page,
            step=PAGE_SIZE,
        )
        dossiers = Dossier.search(domain, order=sortings[sortby]["order"], limit=PAGE_SIZE, offset=pager["offset"])
        values = self._prepare_portal_layout_values()
        values.update(
            dossiers=dossiers.sudo(),  # found as the user; the page shows numbers, names of products and stages
            unread={dossier.id: dossier.unread_count for dossier in dossiers},
            total=total,
            more=total >= COUNT_LIMIT,
            page_name="dossiers",
            pager=pager,
            default_url="/my/dossiers",
            searchbar_sortings=sortings,
            searchbar_filters=filters,
            searchbar_inputs=self._dossier_inputs(),
            sortby=sortby,
            filterby=filterby,
            search=search,
            search_in=search_in if search_in in self._dossier_inputs() else "all",
        )
        return request.render("service_dossier.portal_my_dossiers", values)

    # One dossier

    def _dossier_page_values(self, dossier, tab, **values):
        dossier_sudo = dossier.sudo()  # readable as checked by the caller; only chosen values reach the page
        orders = dossier_sudo.order_ids.filtered(lambda order: order.state == "sale")
        own = dossier_sudo.commercial_partner_id == request.env.user.partner_id.commercial_partner_id
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dossier",
            "dossier": dossier_sudo,
            "own": own,
            "orders": orders if own else orders.browse(),
            "contact": dossier._contact_notice(),
            "tab": tab,
            "notice": request.session.pop("dossier_notice", None),
            "problem": request.session.pop("dossier_problem", None),
            "type_icons": TYPE_ICONS,
            "audience_icons": AUDIENCE_ICONS,
            **values,
        }

    def _tell(self, *, notice="", problem=""):
        """Leave what the next page says; it says nothing of what was before."""
        request.session["dossier_notice"], request.session["dossier_problem"] = notice, problem

    @http.route("/my/dossiers/<int:dossier_id>/pdf", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_dossier_pdf(self, dossier_id, **kw):
        """Send the dossier as one document, with what the visitor may read."""
        dossier_sudo = self._get_dossier(dossier_id).sudo()  # the report collects the messages as the visitor
        response = self._show_report(
            model=dossier_sudo, report_type="pdf", report_ref="service_dossier.action_report_dossier", download=True
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response

    # New dossier

    def _dossier_products(self):
        """Return the products that a new dossier can be about (superuser: names only reach the page)."""
        return (
            request.env["product.product"]
            .sudo()
            .search([("dossier_role", "!=", False), ("company_id", "in", [False, request.env.company.id])])
        )

    @http.route("/my/dossiers/new", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_new_dossier(self, group=None, **kw):
        """Choose a product group, then a product."""
        products = self._dossier_products()
        groups = products.categ_id.sorted("complete_name")
        chosen = groups.filtered(lambda categ: str(categ.id) == group)
        if len(groups) == 1:
            chosen = groups
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="new_dossier",
            groups=groups,
            group=chosen,
            products=products.filtered(lambda product: product.categ_id == chosen) if chosen else products.browse(),
            problem=request.session.pop("dossier_problem", None),
        )
        return request.render("service_dossier.portal_new_dossier", values)

    @http.route("/my/dossiers/new", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_create_dossier(self, product_id=None, reference="", **kw):
        """Open a dossier; the product Service leads to the configurator."""
        user = request.env.user
        product = self._dossier_products().filtered(lambda product: str(product.id) == product_id)
        if not product or not user.share:
            self._tell(problem=request.env._("Choose a product first."))
            return request.redirect("/my/dossiers/new")
        company = request.env.company.sudo()  # customers may not read its contact person
        customer = user.partner_id.commercial_partner_id
        contact = company.dossier_contact_id or customer.sudo().user_id
        dossier_sudo = (
            request.env["service.dossier"]
            .sudo()  # customers have no create access: everything but product and reference is set here
            .create(
                {
                    "partner_id": user.partner_id.id,
                    "company_id": company.id,
                    "user_id": contact.id if contact and not contact.share else False,
                    "product_id": product.id,
                    "categ_id": product.categ_id.id,
                    "reference": " ".join(reference.split())[:100] or False,
                }
            )
        )
        tab = "configurator" if dossier_sudo.configurator_open else "communication"
        return request.redirect(f"/my/dossiers/{dossier_sudo.id}?tab={tab}")
