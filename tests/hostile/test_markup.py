"""Markup that visitors type: text on every page that shows it, and in every mail that tells of it."""

import email.policy
import html

import pytest

from .routes import UNDECIDED
from .seed import picture
from .test_replay import BY_NAME, DECIDE, FORWARD, MESSAGE, _send_queue
from .values import TAG

pytestmark = pytest.mark.usefixtures("clean_log")
BOLD = "<b>Eve</b>"
TYPED = f"{BOLD} {TAG}"
PROOF = "/proof/<int:reviewer_id>"
#: pages that show what was typed, and a login that may open them
SHOWN = (
    (f"{PROOF} GET", "nobody", {}),
    ("/proof/staff/<int:proof_id> GET", "clerk", {}),
    ("/my/proofs *", "portal_a", {}),
    ("/my/orders/<int:order_id>/timeline *", "portal_a", {}),
    ("/order-status/<int:order_id>/<string:token> *", "nobody", {}),
    ("/workshop/<int:link_id>/<string:token> GET", "nobody", {}),
    ("/my/dossiers *", "portal_a", {"search": None}),
    ("/my/dossiers/<int:dossier_id> GET", "portal_a", {"thread": None, "add": None}),
    ("/my/dossiers/<int:dossier_id> GET", "portal_a", {"thread": None, "add": None, "tab": "communication"}),
    ("/my/dossiers/<int:dossier_id> GET", "clerk", {"thread": None, "add": None, "tab": "communication"}),
)


@pytest.fixture
def typed(target, visitors):
    """Every text field of ours, filled with markup; yields the mails that follow."""
    for statement in UNDECIDED:
        target.run_sql(statement)
    _send_queue(target)
    guest, customer = visitors["nobody"], visitors["portal_a"]
    photo = [("photo", (f"{TYPED}.jpg", picture("green")))]
    # the order of the calls: a decided proof takes no comments, and a guest is told of nothing that was before
    guest_values = {"revision": target.world["a"]["revision"]}
    comment = {"body": TYPED, "page": 1, "x": 0.5, "y": 0.5}
    answers = [
        guest.call(BY_NAME[f"{PROOF}/comment POST"], {**guest_values, "values": comment}),
        guest.call(FORWARD, {"name": TYPED, "email": "markup@example.com"}),
        guest.call(DECIDE, {"message": TYPED}),
        guest.call(BY_NAME["/workshop/<int:link_id>/<string:token>/photo POST"], files=photo),
        customer.call(BY_NAME["/my/dossiers/<int:dossier_id>/parts POST"], {"reference": TYPED, "note": TYPED}),
        customer.call(BY_NAME["/my/dossiers/new POST"], {"reference": TYPED}),
    ]
    letter = {"message_type": "email", "audience": "everyone", "warranty": "", "recipients": "friend@example.com"}
    files = [("files", (f"{TYPED}.txt", b"x"))]
    answers += [
        customer.call(MESSAGE, {"subject": TYPED, "body": TYPED}, files=files),
        customer.call(MESSAGE, {**letter, "subject": TYPED, "body": TYPED}, files=files),
    ]
    assert all(answer.status_code in (200, 303) for answer in answers), [answer.status_code for answer in answers]
    assert "comments" in answers[0].json()["result"], answers[0].text
    yield _send_queue(target)
    for statement in UNDECIDED:
        target.run_sql(statement)


def _html_parts(message):
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    return [part.get_content() for part in parsed.walk() if part.get_content_type() == "text/html"]


def test_typed_markup(target, visitors, typed):
    """What customers and guests type is text: in the pages of both sides, in the chatter and in HTML mails."""
    problems, arrived = [], 0
    for name, login, values in SHOWN:
        answer = visitors[login].call(BY_NAME[name], values)
        assert answer.status_code == 200, f"{name}: {answer.status_code}"
        arrived += html.escape(TAG) in answer.text or "\\u003cscript" in answer.text.lower()
        problems += [f"{name} for {login}: {raw}" for raw in (TAG, BOLD) if raw in answer.text]
    assert arrived >= 4, f"only {arrived} pages show it at all"
    bodies = [body for message in typed for body in _html_parts(message)]
    assert any(html.escape(TAG) in body for body in bodies), f"none of {len(bodies)} mails tells of it"
    problems += [f"mail: {body[:1000]}" for body in bodies if TAG in body or BOLD in body]
    for table in ("mail_message", "service_dossier_message"):
        problems += target.run_sql(f"SELECT '{table}', body FROM {table} WHERE strpos(body, %s) > 0", (TAG,))  # noqa: S608
    assert not problems, "\n".join(map(str, problems))
