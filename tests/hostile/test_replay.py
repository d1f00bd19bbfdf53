"""The same form twice, forms that are too big, and what visitors' texts do in mails."""

import http.client

import pytest

from tools.settings import HOST

from .client import fill, problem
from .routes import ROUTES, UNDECIDED

pytestmark = pytest.mark.usefixtures("clean_log")
BY_NAME = {route.name: route for route in ROUTES}
DECIDE = BY_NAME["/proof/<int:reviewer_id>/decide POST"]
FORWARD = BY_NAME["/proof/<int:reviewer_id>/forward POST"]
MESSAGE = BY_NAME["/my/dossiers/<int:dossier_id>/message POST"]
ORDER = BY_NAME["/my/dossiers/<int:dossier_id>/order POST"]
INJECTION = "Eve\r\nBcc: victim@example.org\r\nX-Injected: yes\r\n\r\n<b>body</b>"


@pytest.fixture
def undecided(target):
    """Proofs without decisions, before and after."""
    for statement in UNDECIDED:
        target.run_sql(statement)
    yield
    for statement in UNDECIDED:
        target.run_sql(statement)


def _count(target, table):
    [(count,)] = target.run_sql(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this module
    return count


@pytest.mark.parametrize("decision", ["approved", "changes"])
def test_decision_twice(target, visitors, undecided, decision):
    """OP6: a decision that is posted three times is one decision and tells each person once."""
    before, mails = _count(target, "online_proof_decision"), _count(target, "mail_mail")
    [(terms,)] = target.run_sql("SELECT max(version) FROM online_proof_terms")
    values = {"decision": decision, "checked": "1", "terms": str(terms or "")}
    answers, told = [], []
    for _time in range(3):
        answers.append(visitors["nobody"].call(DECIDE, values))
        told.append(_count(target, "mail_mail") - mails)
    assert answers[0].status_code == 303, answers[0].text[-500:]
    assert all(answer.status_code in (303, 409) for answer in answers)
    assert _count(target, "online_proof_decision") == before + 1
    assert told[0] and told[0] == told[-1]


def test_decision_of_an_old_revision(target, visitors, undecided):
    """OP10: the revision before the newest one cannot be decided any more."""
    [(older,)] = target.run_sql(
        "SELECT min(id) FROM online_proof_revision WHERE proof_id = %s", (target.world["a"]["proof"],)
    )
    before = target.checksums()
    assert visitors["nobody"].call(DECIDE, {"decision": "approved", "revision": older}).status_code == 409
    assert not target.changes(before)


def test_order_twice(target, visitors):
    """SD12: an order that is posted three times is placed once."""
    for statement in ORDER.reset:
        target.run_sql(statement)
    before = _count(target, "sale_order")
    for _time in range(3):
        assert visitors["portal_a"].call(ORDER).status_code == 303
    assert _count(target, "sale_order") == before + 1


def test_guest_twice(target, visitors):
    """OP13: the same colleague invited again is the same guest."""
    before = _count(target, "online_proof_reviewer")
    for _time in range(3):
        assert visitors["nobody"].call(FORWARD, {"email": "twice@example.com"}).status_code == 303
    assert _count(target, "online_proof_reviewer") == before + 1


def _send_queue(target):
    target.mailbox.clear()
    target.rpc.run_cron("mail.ir_cron_mail_scheduler_action")
    return target.mailbox.messages()


def _check_mails(messages):
    assert messages, "nothing was sent"
    for message in messages:
        assert "victim@example.org" not in message["X-Envelope-To"], message.as_string()[:2000]
        assert message["X-Injected"] is None and message["Bcc"] is None, message.as_string()[:2000]


def test_header_injection_by_guests(target, visitors):
    """OP13: line breaks in a colleague's name end up in no header and make no recipient."""
    _send_queue(target)
    visitor = visitors["nobody"]
    assert visitor.call(FORWARD, {"name": INJECTION, "email": "eve@example.com"}).status_code == 303
    _check_mails(_send_queue(target))
    before = target.checksums()
    for email in (
        "eve2@example.com\r\nBcc: victim@example.org",
        "eve2@example.com,victim@example.org",
        "a@b@c",
        "\r\n",
    ):
        answer = visitor.call(FORWARD, {"email": email})
        assert not problem(FORWARD, answer)
        assert not any("victim" in to for (to,) in target.run_sql("SELECT email FROM online_proof_reviewer")), email
    assert not target.changes(before).count("sale_order")


def test_header_injection_by_customers(target, visitors):
    """SD3: line breaks in subject, recipients, file names and reference never reach a header."""
    _send_queue(target)
    visitor = visitors["portal_a"]
    email = {"message_type": "email", "audience": "everyone", "warranty": "", "recipients": "friend@example.com"}
    before = _count(target, "service_dossier_message")
    for odd in (
        {"subject": INJECTION},
        {"recipients": "friend@example.com\r\nBcc: victim@example.org"},
        {"recipients": "friend@example.com\u2028Bcc: victim@example.org"},
    ):
        answer = visitor.call(MESSAGE, {**email, **odd})
        assert answer.status_code == 303, answer.text[-300:]
    assert _count(target, "service_dossier_message") == before, "refused, every one"
    files = [("files", ('a"; filename="b.exe\r\nX-Injected: yes.txt', b"text"))]
    assert visitor.call(MESSAGE, email, files=files).status_code == 303
    assert _count(target, "service_dossier_message") == before + 1
    _check_mails(_send_queue(target))
    [(file_id, name)] = target.run_sql("SELECT id, name FROM service_dossier_file ORDER BY id DESC LIMIT 1")
    assert name.isprintable()
    route = BY_NAME["/my/dossiers/file/<int:file_id> GET"]
    answer = visitor.call(route, path={"file_id": str(file_id)})
    assert answer.status_code == 200
    assert "X-Injected" not in answer.headers


UPLOADS = [route for route in ROUTES if route.upload]


@pytest.mark.parametrize("route", UPLOADS, ids=lambda route: route.name)
def test_big_bodies(target, visitors, route):
    """A body that announces gigabytes is turned away unread; a file beyond the limit gets an answer."""
    visitor = visitors["portal_a" if "portal_a" in route.who else "clerk"]
    before = target.checksums()
    connection = http.client.HTTPConnection(HOST, target.server.port, timeout=30)
    headers = {
        "Content-Length": str(50 * 2**30),
        "Content-Type": "multipart/form-data; boundary=x",
        "Cookie": f"session_id={visitor.session.cookies['session_id']}",
    }
    connection.request("POST", visitor.address(route), body=None, headers=headers)
    assert connection.getresponse().status == 413
    connection.close()
    answer = visitor.call(route, fill(target, route.values), files=[(route.upload, ("big.jpg", bytes(26 * 2**20)))])
    assert not problem(route, answer), answer.text[-300:]
    # the time of the last change of a proof is all that a refused file leaves
    assert set(target.changes(before)) <= {"online_proof"}
