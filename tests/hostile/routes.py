"""The table of our routes: who may call each, with which ids and secrets.

A route that is missing fails ``test_inventory``; whoever adds one says in the addon's ``tests/surface.py``
(``tools/surfaces.py``) what a stranger may try on it, and the attacks of ``test_routes`` follow by themselves.
"""

from tools.surfaces import CUSTOMER, EVERYBODY, LOGGED_IN, STAFF, Route, all_of

__all__ = ["CUSTOMER", "EVERYBODY", "LOGGED_IN", "ROUTES", "STAFF", "UNDECIDED", "Route"]


def _proof(tail, methods="GET", *, path=None, of="", **options):
    """Return the two routes of a part of the proof page: by link and for employees.

    :param of: prefix of the seeded proof's names
    """
    path, values = path or {}, options.pop("values", {})
    guest = Route(
        f"/proof/<int:reviewer_id>{tail}",
        methods,
        {"reviewer_id": f"{of}reviewer", **path},
        values={"access_token": f"{of}reviewer_token", **values},
        secret="access_token",
        **options,
    )
    staff = Route(
        f"/proof/staff/<int:proof_id>{tail}", methods, {"proof_id": f"{of}proof", **path}, STAFF, values, **options
    )
    return [guest, staff]


def _guest_form(action, values, reset=(), *, of="", upload=""):
    return Route(
        f"/proof/<int:reviewer_id>/{action}",
        "POST",
        {"reviewer_id": f"{of}reviewer"},
        values={"access_token": f"{of}reviewer_token", **values},
        secret="access_token",
        upload=upload,
        reset=reset,
    )


#: takes back every decision but the seeded ones
CHAINED = (
    "UPDATE online_proof p SET chain_length = (SELECT count(*) FROM online_proof_decision d WHERE d.proof_id = p.id),"
    " chain_head = (SELECT digest FROM online_proof_decision d WHERE d.proof_id = p.id ORDER BY number DESC LIMIT 1)"
)
UNDECIDED = (
    "DELETE FROM online_proof_decision WHERE user_agent IS DISTINCT FROM 'seed'",
    CHAINED,
    "UPDATE online_proof_revision SET state = 'sent' WHERE state IN ('approved', 'changes')"
    " AND id NOT IN (SELECT revision_id FROM online_proof_decision)",
    "UPDATE online_proof SET state = 'sent' WHERE state IN ('approved', 'changes')"
    " AND id NOT IN (SELECT proof_id FROM online_proof_revision WHERE state = 'approved')",
)
APPROVED = (
    "DELETE FROM online_proof_decision WHERE decision = 'withdrawn'",
    CHAINED,
    "UPDATE online_proof_revision SET state = 'approved', approved_date = now() WHERE state = 'sent'"
    " AND id IN (SELECT revision_id FROM online_proof_decision WHERE decision = 'approved')",
    "UPDATE online_proof SET state = 'approved'"
    " WHERE id IN (SELECT proof_id FROM online_proof_revision WHERE state = 'approved')",
)
_STATUS = {"order_id": "order", "token": "status_token"}

ONLINE_PROOF = [
    *_proof("", values={"revision": "revision", "message": "=approved"}),
    *_proof("/page/<int:page_id>/<string:picture>", path={"page_id": "page", "picture": "=preview"}),
    *_proof("/tile/<int:page_id>/<int:column>/<int:row>", path={"page_id": "page", "column": "=0", "row": "=0"}),
    *_proof("/differences/<int:page_id>/<int:older_id>", path={"page_id": "page", "older_id": "older_page"}),
    *_proof("/regions/<int:page_id>/<int:older_id>", path={"page_id": "page", "older_id": "older_page"}),
    *_proof("/inks/<int:page_id>", path={"page_id": "page"}),
    *_proof("/plates/<int:page_id>", path={"page_id": "page"}),
    *_proof("/comparison/<int:older_id>", path={"older_id": "older_revision"}, values={"revision": "revision"}),
    *_proof("/pdf", values={"revision": "revision"}),
    *_proof("/certificate", of="approved_", values={"revision": "approved_revision"}),
    *_proof("/progress", "POST", kind="jsonrpc", values={"revision": "revision"}),
    *_proof("/opened", "POST", kind="jsonrpc", values={"revision": "revision"}),
    *_proof(
        "/comment",
        "POST",
        kind="jsonrpc",
        values={
            "revision": "revision",
            "values": {"body": "=Text", "page": "=1", "x": "=0.5", "y": "=0.5", "parent_id": "comment"},
        },
        reset=("DELETE FROM online_proof_comment WHERE parent_id IS NOT NULL",),
    ),
    *_proof(
        "/resolve",
        "POST",
        kind="jsonrpc",
        values={"revision": "revision", "comment": "comment", "resolved": "=1"},
        reset=("UPDATE online_proof_comment SET resolved = false",),
    ),
    Route(
        "/proof/staff/<int:proof_id>/request/<int:attachment_id>",
        "GET",
        {"proof_id": "proof", "attachment_id": "request_file"},
        STAFF,
    ),
    _guest_form(
        "decide",
        {"revision": "revision", "decision": "=changes", "message": "=Text", "rate_consent": "=1", "shown": "shown"},
        UNDECIDED,
        upload="file",
    ),
    _guest_form("withdraw", {}, APPROVED, of="approved_"),
    _guest_form(
        "forward",
        {"name": "=Colleague", "email": "=colleague@example.com", "can_comment": "=1", "can_decide": "=1"},
        ("DELETE FROM online_proof_reviewer WHERE kind = 'guest'",),
    ),
    Route("/shop/proof/<int:line_id>", "GET", {"line_id": "cart_line"}, CUSTOMER),
    Route("/online_proof/upload/<int:proof_id>", "POST", {"proof_id": "proof"}, STAFF, upload="files"),
    Route("/my/proofs", "*", mine=True),
    Route("/my/proofs/page/<int:page>", "*", {"page": "=1"}, mine=True),
    Route("/my/proofs/<int:proof_id>", "*", {"proof_id": "proof"}, ("portal_a", "clerk"), leads=True),
]

ORDER_STATUS = [
    Route("/order-status/<int:order_id>/<string:token>", "*", _STATUS, secret="token"),
    Route(
        "/order-status/<int:order_id>/<string:token>/preferences",
        "GET,POST",
        _STATUS,
        values={"saved": "=1", "rule_tracking": "=on"},
        secret="token",
    ),
    Route("/order-status/<int:order_id>/<string:token>/unsubscribe", "GET", _STATUS, secret="token", leads=True),
    Route("/order-status/<int:order_id>/<string:token>/unsubscribe", "POST", _STATUS, secret="token", csrf=False),
    Route(
        "/order-status/<int:order_id>/<string:token>/picture/<int:line_id>",
        "*",
        {**_STATUS, "line_id": "order_line"},
        secret="token",
    ),
    Route(
        "/my/orders/<int:order_id>/timeline",
        "*",
        {"order_id": "order"},
        values={"access_token": "order_token"},
        secret="access_token",
    ),
    Route("/my/status-mails", "GET,POST", values={"saved": "=1", "rule_tracking": "=on"}, mine=True),
    Route(
        "/report/<converter>/<reportname>/<docids>",
        "*",
        {"converter": "=html", "reportname": "=sale.report_saleorder", "docids": "order"},
        ("clerk",),
        foreign=True,
    ),
    Route(
        "/report/<converter>/<reportname>",
        "*",
        {"converter": "=html", "reportname": "=sale.report_saleorder"},
        foreign=True,
        mine=True,
    ),
]

ROUTES = [*ONLINE_PROOF, *ORDER_STATUS, *all_of("ROUTES")]
