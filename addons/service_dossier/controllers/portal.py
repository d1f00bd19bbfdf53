"""Dossiers on the portal: overview, page, new dossier, document."""

import secrets

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts, read_id
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..const import AUDIENCE_ICONS, COUNT_LIMIT, STAGE_KINDS
from .communication_tab import CommunicationTab
from .configurator_tab import ConfiguratorTab
from .visitor import DossierVisitor, chosen_customers, find_warranty, form_key, own_customers, tell, told

PAGE_SIZE = 20


class ServiceDossierPortal(CustomerPortal):
    """Pages that show dossiers; what changes them is in ``communication``, ``configurator`` and ``files``."""

    # Finding

    def _own_domain(self):
        return Domain("commercial_partner_id", "in", chosen_customers().ids)

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
        filters["shared"] = {
            "label": request.env._("Shared with me"),
            "domain": ~Domain("commercial_partner_id", "in", own_customers().ids)
            & Domain("message_partner_ids", "in", request.env.user.partner_id.ids),
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

    def _warranty_search_domain(self, search):
        """Ask for the warranties first: beside a list of ids PostgreSQL goes on using its indexes of parts."""
        named = Domain("name", "ilike", search)
        found = request.env["service.warranty"].search(named & Domain("dossier_id", "!=", False), limit=COUNT_LIMIT)
        if len(found) < COUNT_LIMIT:
            return Domain("id", "in", found.dossier_id.ids)
        return Domain("warranty_ids", "any", named)

    def _dossier_search_domain(self, search_in, search):
        names = {"name": "name", "reference": "reference", "order": "order_number"}
        if search_in in names:
            return Domain(names[search_in], "ilike", search)
        of_warranties = self._warranty_search_domain(search.strip().upper())
        if search_in == "warranty":
            return of_warranties
        return Domain.OR([*(Domain(name, "ilike", search) for name in names.values()), of_warranties])

    @http.route(["/my/dossiers", "/my/dossiers/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    @plain_texts
    def portal_my_dossiers(self, page=1, sortby="activity", filterby="all", search="", search_in="all", **kw):
        """List the dossiers of the user's customer number, or of the one that the user switched to."""
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
        dossiers_sudo = dossiers.sudo()  # found as the user; the page shows numbers, names of products and stages
        values = self._prepare_portal_layout_values()
        values.update(
            dossiers=dossiers_sudo,
            unread={dossier.id: dossier.unread_count for dossier in dossiers},
            total=total,
            more=total >= COUNT_LIMIT,
            page_name="dossiers",
            pager=pager,
            customers=own_customers(),
            customer=chosen_customers(),
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

    @http.route("/my/dossiers/customer", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_switch_customer(self, customer_id="", **kw):
        """Show the dossiers of one of the user's customer numbers, or of all."""
        chosen = read_id(customer_id)
        request.session["dossier_customer_id"] = chosen if chosen in own_customers().ids else False
        return request.redirect("/my/dossiers")

    # One dossier

    @http.route(
        ["/my/dossiers/<int:dossier_id>", "/my/dossiers/<int:dossier_id>/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    @plain_texts
    def portal_dossier(self, dossier_id, page=1, tab="communication", **arguments):
        """Show a dossier with one of its tabs."""
        visitor = DossierVisitor.of_request(dossier_id)
        tab = "configurator" if tab == "configurator" else "communication"
        shown = ConfiguratorTab(visitor) if tab == "configurator" else CommunicationTab(visitor, page)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dossier",
            "dossier": visitor.dossier_sudo,
            "own": visitor.is_own,
            "orders": visitor.orders(),
            "contact": visitor.dossier._contact_notice(),
            "tab": tab,
            "audience_icons": AUDIENCE_ICONS,
            **told(),
            **shown.values(**arguments),
        }
        return request.render("service_dossier.portal_dossier", values)

    @http.route("/my/dossiers/<int:dossier_id>/pdf", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_dossier_pdf(self, dossier_id, **kw):
        """Send the dossier as one document, with what the visitor may read."""
        visitor = DossierVisitor.of_request(dossier_id)
        response = self._show_report(  # the report collects the messages as the visitor
            model=visitor.dossier_sudo,
            report_type="pdf",
            report_ref="service_dossier.action_report_dossier",
            download=True,
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @http.route("/my/service/<string:number>", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_service(self, number, **kw):
        """Lead whoever scanned a QR code to the service request for that very part."""
        warranty = find_warranty(own_customers(), number)
        if not warranty:
            raise request.not_found()
        dossier = request.env["service.dossier"].search([("id", "=", warranty.dossier_id.id)])
        visitor = DossierVisitor(dossier)
        if dossier and dossier.configurator_open:
            return request.redirect(visitor.address(tab="configurator", warranty=warranty.name))
        if dossier and dossier.stage_id.kind == "finished":
            arguments = {"tab": "communication", "add": "service_request", "warranty": warranty.name}
            return request.redirect(visitor.address(**arguments))
        values = self._prepare_portal_layout_values()
        contact = dossier._contact_notice() if dossier else None
        values.update(page_name="new_dossier", warranty=warranty, dossier=visitor.dossier_sudo, contact=contact)
        return request.render("service_dossier.portal_service_notice", values)

    # New dossier

    def _dossier_products(self):
        """Return the products that a new dossier can be about (superuser: names only reach the page)."""
        Product_sudo = request.env["product.product"].sudo()  # customers may not read products
        return Product_sudo.search(
            [("dossier_role", "!=", False), ("company_id", "in", [False, request.env.company.id])]
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
            customers=own_customers(),
            customer=chosen_customers()[:1],
            problem=told()["problem"],
            post_key=secrets.token_urlsafe(12),
        )
        return request.render("service_dossier.portal_new_dossier", values)

    @http.route("/my/dossiers/new", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_create_dossier(self, product_id=None, reference="", customer_id="", **kw):
        """Open a dossier; the product Service leads to the configurator."""
        user = request.env.user
        product = self._dossier_products().filtered(lambda product: str(product.id) == product_id)
        if not product or not user.share:
            tell(problem=request.env._("Choose a product first."))
            return request.redirect("/my/dossiers/new")
        customers = own_customers()
        customer = customers.filtered(lambda customer: str(customer.id) == customer_id) or customers[:1]
        company_sudo = request.env.company.sudo()  # customers may not read its contact person
        contact = company_sudo.dossier_contact_id or customer.user_id
        # customers have no create access: everything but product, reference and one of the own customers is set here
        Dossier_sudo = request.env["service.dossier"].sudo()
        values = {
            # whoever acts for another company is not that company's contact
            "partner_id": user.partner_id.id if customer == customers[:1] else customer.id,
            "company_id": company_sudo.id,
            "user_id": contact.id if contact and not contact.share else False,
            "product_id": product.id,
            "categ_id": product.categ_id.id,
            "reference": " ".join(reference.split())[:100] or False,
            "post_key": form_key(kw.get("post_key"), product.id, customer.id, reference),
        }
        try:
            with mute_logger("odoo.sql_db"), request.env.cr.savepoint():
                dossier_sudo = Dossier_sudo.create(values)
        except UniqueViolation:
            # the same form arrived before; at the same time, the other one's dossier cannot be seen yet
            dossier_sudo = Dossier_sudo.search([("post_key", "=", values["post_key"])])
            return request.redirect(f"/my/dossiers/{dossier_sudo.id}" if dossier_sudo else "/my/dossiers")
        dossier_sudo.message_subscribe(partner_ids=user.partner_id.ids)
        tab = "configurator" if dossier_sudo.configurator_open else "communication"
        return request.redirect(f"/my/dossiers/{dossier_sudo.id}?tab={tab}")
