"""Preparing pages and deciding, with several processes and with processes that die."""

import threading

import pytest
import requests

from tests.access_links import access_token
from tests.helpers import wait_until
from tests.online_proof.helpers import Shop, make_pdf, new_proof, shown_on
from tools.odoo_server import listens
from tools.rpc import Rpc

#: More than the process draws that the upload leaves behind.
PAGES = 240


def pages_by_state(sql, proof_id):
    rows = sql(
        """SELECT p.state, count(*) FROM online_proof_page p JOIN online_proof_revision r ON r.id = p.revision_id
           WHERE r.proof_id = %s GROUP BY p.state""",
        (proof_id,),
    )
    return dict(rows)


def test_killed_while_preparing(odoo, admin, database, sql, start_server):
    """OP3: a server that is killed while it prepares pages loses at most the page in work."""
    _order, proof_id = new_proof(admin)
    answer = Shop(odoo.url, database).upload(proof_id, ("long.pdf", make_pdf(PAGES))).json()
    assert not answer["results"][0]["error"]
    worker = start_server("worker", cron_threads=1)
    rpc = Rpc(worker.url, database)

    def prepare():
        try:
            rpc.run_cron("online_proof.ir_cron_prepare")
        except (OSError, Exception):
            return

    caller = threading.Thread(target=prepare, daemon=True)
    caller.start()

    def some_pages():
        return pages_by_state(sql, proof_id).get("ready", 0) >= 5

    wait_until(some_pages, 200)  # the files of the demo data come first
    worker.kill()
    assert not listens(worker.port)
    before = pages_by_state(sql, proof_id)
    assert before["ready"] < PAGES, "killed too late to prove anything"
    admin.run_cron("online_proof.ir_cron_prepare")
    assert pages_by_state(sql, proof_id) == {"ready": PAGES}
    pictures = sql(
        """SELECT count(*), count(DISTINCT a.res_id) FROM ir_attachment a JOIN online_proof_page p ON p.id = a.res_id
           JOIN online_proof_revision r ON r.id = p.revision_id
           WHERE a.res_model = 'online.proof.page' AND a.res_field = 'preview' AND r.proof_id = %s""",
        (proof_id,),
    )
    assert pictures == [(PAGES, PAGES)], "every page has one picture"


def test_killed_after_the_upload(odoo, admin, database, sql, start_server):
    """OP3: where a server dies while it draws the pages after the first, another one draws them."""
    _order, proof_id = new_proof(admin)
    worker = start_server("worker", cron_threads=0)
    answer = Shop(worker.url, database).upload(proof_id, ("long.pdf", make_pdf(80))).json()
    assert not answer["results"][0]["error"]
    worker.kill()
    assert pages_by_state(sql, proof_id) == {"ready": 1, "waiting": 79}
    admin.run_cron("online_proof.ir_cron_prepare")
    assert pages_by_state(sql, proof_id) == {"ready": 80}


def test_two_servers_prepare(odoo, admin, database, sql, start_server):
    """OP3: two servers that prepare at the same moment do the work once."""
    _order, proof_id = new_proof(admin)
    Shop(odoo.url, database).upload(proof_id, ("a.pdf", make_pdf(25)), ("b.pdf", make_pdf(25)))
    other = Rpc(start_server("second").url, database)
    failures = []

    def prepare(rpc):
        try:
            rpc.call("ir.cron", "search", [])
            rpc.run_cron("online_proof.ir_cron_prepare")
        except Exception as error:
            failures.append(error)

    callers = [threading.Thread(target=prepare, args=(rpc,)) for rpc in (admin, other)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    # the scheduled action itself runs once at a time: the second call may say that it is running
    assert len(failures) < 2, failures
    admin.run_cron("online_proof.ir_cron_prepare")
    assert pages_by_state(sql, proof_id) == {"ready": 50}
    [(count,)] = sql(
        """SELECT count(*) FROM ir_attachment a JOIN online_proof_page p ON p.id = a.res_id
           JOIN online_proof_revision r ON r.id = p.revision_id
           WHERE a.res_model = 'online.proof.page' AND a.res_field = 'preview' AND r.proof_id = %s""",
        (proof_id,),
    )
    assert count == 50


@pytest.fixture(scope="module")
def two_servers(odoo, start_server):
    """Two servers on one database."""
    return odoo.url, start_server("decide").url


DECISION_MAILS = """SELECT count(*) FROM mail_message WHERE model = 'online.proof' AND res_id = %s
    AND message_type = 'email_outgoing' AND (subject LIKE '%%approved%%' OR subject LIKE '%%changes requested%%')"""


def decide_at_once(two_servers, admin, database, sql, rule, decisions):
    """Let each of two people press a decision twice, on both servers at the same moment.

    :param decisions: what each of them presses
    :returns: ``(state of the proof, decisions made, statuses of the answers, mails about decisions)``
    """
    order, proof_id = new_proof(admin)
    second = admin.call("res.partner", "create", [{"name": "Second", "email": "second@example.org"}])[0]
    Shop(two_servers[0], database).upload(proof_id, ("a.pdf", make_pdf(1)))
    admin.run_cron("online_proof.ir_cron_prepare")
    [(mails,)] = sql(DECISION_MAILS, (proof_id,))
    wizard = admin.call("online.proof.send", "create", [{"sale_order_id": order, "approval_rule": rule}])[0]
    admin.call("online.proof.send", "write", [wizard], {"partner_ids": [(4, second)]})
    admin.call("online.proof.send", "action_send", [wizard])
    terms = sql("SELECT version FROM online_proof_terms WHERE state = 'published' ORDER BY version DESC LIMIT 1")
    people = [
        (person, access_token(sql, "online.proof.reviewer", person))
        for (person,) in sql("SELECT id FROM online_proof_reviewer WHERE proof_id = %s", (proof_id,))
    ]
    [(revision,)] = sql("SELECT id FROM online_proof_revision WHERE proof_id = %s", (proof_id,))
    assert len(people) == 2
    barrier, statuses = threading.Barrier(4), []

    def decide(url, person, decision):
        session = requests.Session()
        page = session.get(f"{url}/proof/{person[0]}?access_token={person[1]}", timeout=60).text
        csrf = page.split('csrf_token: "')[1].split('"')[0]
        barrier.wait()
        answer = session.post(
            f"{url}/proof/{person[0]}/decide",
            data={
                "csrf_token": csrf,
                "access_token": person[1],
                "revision": revision,
                "decision": decision,
                "terms": terms[0][0] if terms else "",
                "rate_consent": "1",
                "checked": "1",
                "message": "Please",
                **shown_on(page),
            },
            allow_redirects=False,
            timeout=60,
        )
        statuses.append(answer.status_code)

    pressed = list(zip(people, decisions, strict=True))
    jobs = [(url, person, decision) for person, decision in pressed for url in two_servers]
    callers = [threading.Thread(target=decide, args=job) for job in jobs]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    made = sql("SELECT decision FROM online_proof_decision WHERE revision_id = %s", (revision,))
    [(mails_now,)] = sql(DECISION_MAILS, (proof_id,))
    [(state,)] = sql("SELECT state FROM online_proof WHERE id = %s", (proof_id,))
    return state, [decision for (decision,) in made], sorted(statuses), mails_now - mails


def test_two_reviewers_at_the_same_moment(two_servers, admin, database, sql):
    """OP6, OP+4: two people decide at once, on two servers: one result, one set of mails."""
    state, made, statuses, mails = decide_at_once(two_servers, admin, database, sql, "any", ("approved", "changes"))
    assert made == [state]
    # the winner pressed twice and both presses succeed; the other one is told that it is decided
    assert statuses == [303, 303, 409, 409]
    assert mails == 3, "one to the shop, one to each of the two people"


@pytest.mark.parametrize("attempt", range(3))
def test_all_approve_at_the_same_moment(two_servers, admin, database, sql, attempt):
    """OP+4: of two people who both have to approve, and do so at once, none is left waiting for the other."""
    state, made, statuses, mails = decide_at_once(two_servers, admin, database, sql, "all", ("approved", "approved"))
    assert (state, made) == ("approved", ["approved", "approved"])
    assert statuses == [303, 303, 303, 303]
    assert mails == 3


def test_announced_two_gigabytes(odoo, admin, database):
    """OP3: an upload that announces 2 GB is refused before it is sent."""
    import http.client

    _order, proof_id = new_proof(admin)
    shop = Shop(odoo.url, database)
    connection = http.client.HTTPConnection("127.0.0.1", odoo.port, timeout=20)
    connection.putrequest("POST", f"/online_proof/upload/{proof_id}")
    connection.putheader("Cookie", "; ".join(f"{cookie.name}={cookie.value}" for cookie in shop.session.cookies))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(2 * 2**30))
    connection.endheaders()
    connection.send(b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n')
    assert connection.getresponse().status == 413
    connection.close()
