"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

import html
import re
import runpy
from pathlib import Path

import requests

from tools.surfaces import CUSTOMER, STAFF, Page, Route

_ADDON = "online_proof"
FEATURES = ("OP", 16, 11)
JOB = "tests.faults.jobs.proof:ProofJob"
PICTURES = {"preflight": "02-preflight", "viewer": "20-pins", "compare": "40-compare", "production": "61-kanban"}
APPS_PAGE = ("viewer", "compare", "preflight")
SURVIVORS = runpy.run_path(str(Path(__file__).with_name("survivors.py")))["SURVIVORS"]

# What is attacked

ROLE = "group_online_proof_user"
METHODS = {
    "ir.attachment": "create unlink write",
    "online.proof": (
        "action_bill_changes action_check_evidence action_extend action_open_viewer action_record_decision"
        " action_remind action_send action_transfer action_view_order create get_upload_progress message_post"
        " unlink write"
    ),
    "online.proof.comment": "action_reopen action_resolve create",
    "online.proof.correct": "action_correct",
    "online.proof.decision": "action_bill_changes action_download_files create write",
    "online.proof.file": "action_download_original action_mend unlink write",
    "online.proof.finding": "action_mend action_show",
    "online.proof.guarded": "create write",
    "online.proof.keep": "action_keep",
    "online.proof.mend": "action_mend default_get",
    "online.proof.record": "action_record",
    "online.proof.reviewer": "action_resend action_restore action_revoke write",
    "online.proof.revision": (
        "action_certificate action_check_again action_copy_previous_files action_natural_order action_open_viewer"
    ),
    "online.proof.send": "action_send",
    "online.proof.terms": "action_new_version action_publish action_view_acceptances write",
    "online.proof.terms.acceptance": "write",
    "online.proof.user.level": "write",
}
SEEDED = {
    "online.proof": "proof",
    "online.proof.comment": "comment",
    "online.proof.decision": "decision",
    "online.proof.file": "proof_file",
    "online.proof.reviewer": "reviewer",
    "online.proof.revision": "revision",
}
OWNED = {
    "proof": "online_proof",
    "approved_proof": "online_proof",
    "reviewer": "online_proof_reviewer",
    "approved_reviewer": "online_proof_reviewer",
    "revision": "online_proof_revision",
    "approved_revision": "online_proof_revision",
    "page": "online_proof_page",
    "older_page": "online_proof_page",
    "older_revision": "online_proof_revision",
    "comment": "online_proof_comment",
    "request_file": "ir_attachment",
}
CREATED = {
    "ir.attachment": ({"name": "x", "res_model": "online.proof.revision"}, {"res_id": "revision"}),
    "online.proof": ({}, {"sale_order_id": "order"}),
    "online.proof.comment": ({"page_number": 1, "body": "x", "author_name": "x"}, {"revision_id": "revision"}),
    "online.proof.decision": (
        {"decision": "approved", "channel": "recorded", "decided_by": "x"},
        {"revision_id": "revision"},
    ),
    "online.proof.guarded": ({}, {}),
}


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
_CHAINED = (
    "UPDATE online_proof p SET chain_length = (SELECT count(*) FROM online_proof_decision d WHERE d.proof_id = p.id),"
    " chain_head = (SELECT digest FROM online_proof_decision d WHERE d.proof_id = p.id ORDER BY number DESC LIMIT 1)"
)
_UNDECIDED = (
    "DELETE FROM online_proof_decision WHERE user_agent IS DISTINCT FROM 'seed'",
    _CHAINED,
    "UPDATE online_proof_revision SET state = 'sent', approval_basis = NULL WHERE state IN ('approved', 'changes')"
    " AND id NOT IN (SELECT revision_id FROM online_proof_decision)",
    "UPDATE online_proof SET state = 'sent' WHERE state IN ('approved', 'changes')"
    " AND id NOT IN (SELECT proof_id FROM online_proof_revision WHERE state = 'approved')",
)
_APPROVED = (
    "DELETE FROM online_proof_decision WHERE decision = 'withdrawn'",
    _CHAINED,
    "UPDATE online_proof_revision SET state = 'approved', date_approved = now() WHERE state = 'sent'"
    " AND id IN (SELECT revision_id FROM online_proof_decision WHERE decision = 'approved')",
    "UPDATE online_proof SET state = 'approved'"
    " WHERE id IN (SELECT proof_id FROM online_proof_revision WHERE state = 'approved')",
)

ROUTES = [
    *_proof("", values={"revision": "revision", "message": "=approved"}),
    *_proof("/page/<int:page_id>/<string:picture>", path={"page_id": "page", "picture": "=preview"}),
    *_proof("/tile/<int:page_id>/<int:column>/<int:row>", path={"page_id": "page", "column": "=0", "row": "=0"}),
    *_proof("/differences/<int:page_id>/<int:older_id>", path={"page_id": "page", "older_id": "older_page"}),
    *_proof("/regions/<int:page_id>/<int:older_id>", path={"page_id": "page", "older_id": "older_page"}),
    *_proof("/inks/<int:page_id>", path={"page_id": "page"}),
    *_proof("/plates/<int:page_id>", path={"page_id": "page"}),
    *_proof("/plates/<int:page_id>/<int:column>/<int:row>", path={"page_id": "page", "column": "=0", "row": "=0"}),
    *_proof("/comparison/<int:older_id>", path={"older_id": "older_revision"}, values={"revision": "revision"}),
    *_proof("/order"),
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
        _UNDECIDED,
        upload="file",
    ),
    _guest_form("withdraw", {}, _APPROVED, of="approved_"),
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


def _send_revision(seed, side, proof, number):
    from tests.hostile.people import SECRETS
    from tests.hostile.seed import document

    text = f"{SECRETS[side]} revision {number}"
    proof._add_files([(f"{text}.pdf", document(text))])
    revision = proof.draft_revision_id
    for file in revision.file_ids:
        with file.attachment_id._proof_path() as path:
            file._render(file.page_ids.filtered(lambda page: page.state == "waiting"), path)
        file.state = "ready"
    proof._send_revision(revision, seed.people[f"portal_{side}"].partner_id)
    return revision


def _decide(revision, decision, secret, **values):
    proof = revision.proof_id
    values |= {"channel": "online", "message": secret, "user_agent": "seed"}
    return proof._decide(revision, decision, reviewer=proof.reviewer_ids, **values)


def seed(seed, side):
    """Make a proof with two revisions, a comment and a request, and an approved one; return ids and tokens."""
    # here: tests import this module, too, without Odoo's path of addons
    from odoo import Command

    # read by its path, not as a part of the addon
    from odoo.addons.online_proof.life.chain import canonical  # pylint: disable=odoo-addons-relative-import

    from tests.hostile.people import SECRETS

    secret = SECRETS[side]
    # a seeded decision can be withdrawn for as long as the suite runs
    seed.people["company"].proof_grace_minutes = 24 * 60
    proof = seed._order(side)._get_or_create_proof()
    older = _send_revision(seed, side, proof, 1)
    attachment = seed.env["ir.attachment"].create({"name": f"{secret}.bin", "raw": b"x"})
    _decide(older, "changes", secret, attachment_ids=[Command.set(attachment.ids)])
    revision = _send_revision(seed, side, proof, 2)
    reviewer = proof.reviewer_ids
    comments = seed.env["online.proof.comment"]
    comment = comments._add(revision, {"body": secret, "page": 1, "x": 0.5, "y": 0.5}, reviewer=reviewer)
    approved = seed._order(side)._get_or_create_proof()
    approved_revision = _send_revision(seed, side, approved, 1)
    _decide(approved_revision, "approved", secret)
    return {
        "proof": proof.id,
        "reviewer": reviewer.id,
        "reviewer_token": reviewer._get_access_token(),
        "revision": revision.id,
        "page": revision.page_ids[:1].id,
        "older_page": older.page_ids[:1].id,
        "older_revision": older.id,
        "decision": older.decision_ids[:1].id,
        "proof_file": revision.file_ids[:1].id,
        "comment": comment.id,
        "request_file": attachment.id,
        "shown": canonical(proof._get_proof_facts()),
        "approved_proof": approved.id,
        "approved_reviewer": approved.reviewer_ids.id,
        "approved_reviewer_token": approved.reviewer_ids._get_access_token(),
        "approved_revision": approved_revision.id,
    }


# What is looked at

NO_PAGES = {
    "picture",
    "tile",
    "differences",
    "regions",
    "comparison",
    "inks",
    "plates",
    "plate_tile",
    "watermarked",
    "certificate",
    "request_file",
    "preview",
}
BUTTONS = {
    "online_proof_send_action": ("online.proof", "action_send", "changed_proof"),
    "online_proof_record_action": ("online.proof", "action_record_decision", "proof"),
}
DOCUMENTS = [("sale.order", "proof_order")]
PAGES = [
    Page("proofs", (_ADDON, "my_proofs"), "clara", "/my/proofs"),
    Page("proof-customer", (_ADDON, "my_proof"), "clara", "/my/proofs/{world.proof}", ".o_proof_viewer"),
    Page("proof-guest", (_ADDON, "page"), None, "{world.proof_link}", ".o_proof_viewer"),
    Page("proof-changes", (_ADDON, "page"), None, "{world.changed_link}", ".o_proof_viewer"),
    Page("proof-gone", (_ADDON, "page"), None, "{world.gone_link}", "main", status=410),
    Page("proof-staff", (_ADDON, "page"), "admin", "/proof/staff/{world.proof}", ".o_proof_viewer"),
    Page("proof-order", (_ADDON, "order"), None, "{world.order_link}", ".o_proof_order"),
]


def prepare(world):
    """Send the proofs of the demo data; one is answered, another person's link is withdrawn."""
    from tests.online_proof.helpers import Shop, make_pdf

    world.proof_order = world.ref("online_proof.sale_order_brochure")
    world.admin.run_cron("online_proof.ir_cron_prepare")
    world.call("res.company", "write", [1], {"proof_hourly_rate": 75})
    world.proof, world.reviewer, world.proof_link = _send_proof(world, "brochure")
    world.order_link = world.proof_link.replace("?", "/order?")
    world.changed_proof, reviewer, world.changed_link = _send_proof(world, "flyers")
    _ask_for_changes(world, reviewer, world.changed_link)
    answer = Shop(world.odoo.url, world.database).upload(world.changed_proof, ("new.pdf", make_pdf(2))).json()
    assert not answer["results"][0]["error"], answer
    world.admin.run_cron("online_proof.ir_cron_prepare")
    world.gone_link = _withdraw_link(world)


def _send_proof(world, name):
    order = world.ref(f"online_proof.sale_order_{name}")
    wizard = world.call("online.proof.send", "create", [{"sale_order_id": order}])
    if name == "brochure":
        world.call("online.proof.send", "write", wizard, {"partner_ids": [(4, world.partners["paul"])]})
    world.call("online.proof.send", "action_send", wizard)
    [(proof,)] = world.sql("SELECT id FROM online_proof WHERE sale_order_id = %s", (order,))
    return proof, *_reviewer_link(world, proof, "clara")


def _reviewer_link(world, proof, login):
    """Return the id and the personal link of somebody who checks a proof."""
    from tests.access_links import access_token

    [(reviewer,)] = world.sql(
        "SELECT id FROM online_proof_reviewer WHERE proof_id = %s AND partner_id = %s",
        (proof, world.partners[login]),
    )
    token = access_token(world.sql, "online.proof.reviewer", reviewer)
    return reviewer, f"/proof/{reviewer}?access_token={token}"


def _ask_for_changes(world, reviewer, link):
    from tests.online_proof.helpers import shown_on

    session = requests.Session()
    page = session.get(world.odoo.url + link, timeout=60).text
    viewer = html.unescape(re.search(r'data-proof="([^"]+)"', page)[1])
    revision = re.search(r'"revision": (\d+)', viewer)[1]
    token = link.partition("=")[2]
    form = {
        "csrf_token": re.search(r'csrf_token: "([^"]+)"', page)[1],
        "access_token": token,
        "revision": revision,
        "decision": "changes",
        "rate_consent": "1",
        "message": "Please use the new logo.",
        **shown_on(page),
    }
    answer = session.post(
        f"{world.odoo.url}/proof/{reviewer}/decide",
        data=form,
        files={"file": ("new logo.txt", b"the new logo")},
        allow_redirects=False,
        timeout=60,
    )
    assert answer.status_code == 303, answer.text[-500:]


def _withdraw_link(world):
    """Return a personal link that was withdrawn."""
    reviewer, link = _reviewer_link(world, world.proof, "paul")
    world.call("online.proof.reviewer", "action_revoke", [reviewer])
    return link
