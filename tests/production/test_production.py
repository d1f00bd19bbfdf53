"""PR1, PR2: the production set-up of ``deploy/``, played on this machine (``make production-check``)."""

import base64
import http.client
import json
import re
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import pytest
import websocket

from tests.helpers import wait_until
from tools.settings import HOST, ROOT, STATE_DIR

from .conftest import DATABASE, FOLDER, pytestmark  # noqa: F401 - the mark is pytest's

UNSIGNED = ssl._create_unverified_context()  # noqa: S323 - the test's own certificate


def cookie_of(page):
    """Return the session cookie of a browser, as a dict."""
    return next(cookie for cookie in page.context.cookies() if cookie["name"] == "session_id")


def ask(company, path, cookie=None, port=None, method="GET"):
    """Return the answer of one host, asked as nginx asks, or through nginx."""
    if port:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
    else:
        connection = http.client.HTTPSConnection("localhost", company.ports["https"], timeout=30, context=UNSIGNED)
    name = f"localhost:{company.ports['https']}"
    headers = {"Host": name, "X-Forwarded-Host": name, "X-Forwarded-Proto": "https", "X-Forwarded-For": HOST}
    if cookie:
        headers["Cookie"] = f"session_id={cookie['value']}"
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def call_kw(page, model, method, *arguments):
    """Call a method as the person in the browser."""
    return page.evaluate(
        """async ([model, method, args]) => {
            const body = {jsonrpc: "2.0", method: "call", params: {model, method, args, kwargs: {}}};
            const answer = await fetch("/web/dataset/call_kw", {method: "POST", body: JSON.stringify(body),
                headers: {"Content-Type": "application/json"}});
            const content = await answer.json();
            if (content.error) throw new Error(content.error.data.message);
            return content.result;
        }""",
        [model, method, arguments],
    )


def open_websocket(company, cookie):
    """Open the connection for live notifications through nginx and listen to what concerns the person."""
    socket = websocket.create_connection(
        f"wss://localhost:{company.ports['https']}/websocket",
        cookie=f"session_id={cookie['value']}",
        origin=company.url,
        sslopt={"cert_reqs": ssl.CERT_NONE},
        timeout=30,
    )
    assert socket.status == 101
    socket.send(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
    time.sleep(1)  # subscribing is not answered
    return socket


def test_files_with_secrets_are_for_their_owner(company):
    """PR1: passwords are random and in files of mode 0600; a second run of the command keeps them."""
    for name in ("odoo.conf", "environment", "first-password", "tls.key"):
        assert (FOLDER / "etc/odoo" / name).stat().st_mode & 0o777 == 0o600, name
    text = company.conf.read_text()
    assert "@" not in re.sub(r"^;.*", "", text, flags=re.MULTILINE)
    assert f"db_name = {DATABASE}" in text
    assert "list_db = False" in text
    assert len(re.search("admin_passwd = (.+)", text)[1]) > 20


def test_a_further_host_has_what_the_first_has(company):
    """PR1: the second host has the first one's secrets, listens at its own address and makes nothing that is there."""
    first, second = (conf.read_text() for conf in (company.conf, FOLDER / "host2/etc/odoo/odoo.conf"))
    kept = re.compile(r"^(?:db_|admin_passwd|list_db).*", re.MULTILINE)
    assert kept.findall(first) == kept.findall(second)
    assert f"http_interface = {HOST}\nhttp_port = {company.ports['odoo2']}\n" in second
    assert f"gevent_port = {company.ports['ws2']}\n" in second
    secrets = [FOLDER / host / "etc/odoo/environment" for host in ("", "host2")]
    assert secrets[0].read_text() == secrets[1].read_text()
    assert secrets[1].stat().st_mode & 0o777 == 0o600
    assert not (FOLDER / "host2/etc/nginx").exists()
    refused = company.run(
        ROOT / "deploy/install", "--root", FOLDER / "host3", "--join", company.conf.parent, check=False
    )
    assert (refused.returncode, "--database-host" in refused.stderr) == (2, True)


def test_login_and_headers(company, page):
    """PR1: the browser logs in; the cookie is Secure and HttpOnly, HTTP leads to HTTPS, HSTS is sent."""
    page.screenshot(path=STATE_DIR / "screenshots" / "production.png")
    cookie = cookie_of(page)
    assert cookie["secure"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert ask(company, "/web/login").headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = http.client.HTTPConnection("localhost", company.ports["http"], timeout=30)
    plain.request("GET", "/my?a=1")
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"{company.url}/my?a=1")


def test_live_notifications(company, page):
    """PR1: /websocket opens through nginx with the session, on both hosts in turn, and a message arrives."""
    # both hosts, so that it does not matter which one the message comes from
    sockets = [open_websocket(company, cookie_of(page)) for _host in range(2)]
    [model] = call_kw(page, "ir.model", "search", [["model", "=", "res.partner"]])
    [admin] = call_kw(page, "res.users", "search", [["login", "=", "admin"]])
    [partner] = call_kw(page, "res.partner", "search", [], 0, 1)
    activity = {"res_model_id": model, "res_id": partner, "summary": "Look at this", "user_id": admin}
    call_kw(page, "mail.activity", "create", [activity])
    for socket in sockets:
        # what the login left for the person comes first; a socket that stays silent raises after half a minute
        while "mail.activity/updated" not in socket.recv():
            pass
        socket.close()


def test_both_hosts_know_the_session_and_the_files(company, page):
    """PR1: who logged in at one host is logged in at the other; a file stored by one is read by the other."""
    cookie = cookie_of(page)
    first, second = company.ports["odoo1"], company.ports["odoo2"]
    for port in (first, second):
        assert ask(company, "/odoo", cookie, port).status == 200
    content = base64.b64encode(b"x" * 200_000).decode()
    [stored] = call_kw(page, "ir.attachment", "create", [{"name": "big.txt", "datas": content}])
    assert list((FOLDER / "var/lib/odoo/filestore" / DATABASE).rglob("*"))
    for port in (first, second):
        answer = ask(company, f"/web/content/{stored}", cookie, port)
        assert (answer.status, len(answer.body)) == (200, 200_000)


def test_a_proof_is_approved(company, visit):
    """PR1: a customer reads a proof through nginx, whose pages come from the shared files, and approves it."""
    waiting = """
        SELECT min(proof.id) FROM online_proof proof JOIN online_proof_reviewer reviewer ON reviewer.proof_id = proof.id
          JOIN res_users login ON login.partner_id = reviewer.partner_id
         WHERE login.login = 'portal' AND proof.state = 'sent'"""
    proof = company.query(waiting)
    page = visit("portal", "portal")
    page.goto(f"/my/proofs/{proof}")
    page.wait_for_selector(".o_proof_preview:not([hidden])")
    page.wait_for_function("document.querySelector('.o_proof_preview').naturalWidth > 0")
    page.click("[data-dialog=o_proof_approve]")
    for tick in page.locator("#o_proof_approve input[type=checkbox]").all():
        tick.check()
    page.click("#o_proof_approve button[type=submit]")
    page.locator("#o_proof_approve").wait_for(state="detached")
    assert proof in company.query("SELECT id FROM online_proof WHERE state = 'approved'").split()


@pytest.mark.parametrize(
    "path",
    [
        "/proof/7?access_token=verysecret",
        "/proof/7?page=2&access_token=verysecret&x=1",
        "/workshop/3/verysecret",
        "/order-status/3/verysecret/preferences",
        "/recurring_interaction/feed/verysecret.ics",
        "/my/orders/3?access_token=verysecret",
        "/web/reset_password?token=verysecret",
    ],
)
def test_secret_links_stay_out_of_the_log(company, path):
    """PR1: the access log names the page, not the secret in its address."""
    ask(company, path)
    wait_until(lambda: f"GET {path.split('/')[0]}/" in company.access_log, 10)
    assert "verysecret" not in company.access_log


def test_the_database_manager_is_closed(company):
    """PR1: no list of databases, no manager, nothing through the database service."""
    manager = ask(company, "/web/database/manager").body
    assert b"has been disabled by the administrator" in manager
    assert f">{DATABASE}<".encode() not in manager
    call = {"jsonrpc": "2.0", "method": "call", "params": {"service": "db", "method": "list", "args": []}}
    request = urllib.request.Request(
        f"{company.url}/jsonrpc", json.dumps(call).encode(), {"Content-Type": "application/json"}
    )
    try:
        answer = urllib.request.urlopen(request, context=UNSIGNED, timeout=30).read()
    except urllib.error.HTTPError as error:
        answer = error.read()
    assert b'"result"' not in answer


def test_a_restored_copy_reaches_nobody(company, page):
    """PR2: backup, restore as a copy: neutralized before anybody gets in; the running hosts never touch it."""
    backups = FOLDER / "backups"
    written = company.run(FOLDER / "usr/local/sbin/odoo-backup", backups).stdout.strip()
    copy = "erp_copy"
    started = {host.name: len(host.log.read_text()) for host in company.hosts}
    company.run(FOLDER / "usr/local/sbin/odoo-restore", written, copy)
    state = company.query(
        "SELECT (SELECT count(*) FROM ir_cron WHERE active), (SELECT string_agg(smtp_host, ',') FROM ir_mail_server"
        " WHERE active), (SELECT value FROM ir_config_parameter WHERE key = 'database.is_neutralized')",
        copy,
    )
    assert state == "1|invalid|true"
    assert (FOLDER / "var/lib/odoo/filestore" / copy).is_dir()
    time.sleep(8)  # longer than the scheduler's pause
    for host in company.hosts:
        assert f" {copy} " not in host.log.read_text()[started[host.name] :]


def test_the_restore_refuses(company):
    """PR2: a damaged backup, a name that is taken, the name of production without --live: nothing is made."""
    restore = FOLDER / "usr/local/sbin/odoo-restore"
    written = sorted((FOLDER / "backups").iterdir())[0]
    for arguments in ((written, DATABASE), (written,), (written, "a;b"), ("--live", written)):
        assert company.run(restore, *arguments, check=False).returncode
    damaged = FOLDER / "damaged"
    shutil.copytree(written, damaged)
    with (damaged / "database.dump").open("ab") as file:
        file.write(b"x")
    assert company.run(restore, damaged, "other", check=False).returncode
    assert "other" not in company.query("SELECT datname FROM pg_database").split()


def test_units_and_scripts_are_well_formed():
    """PR1: systemd reads the units; the shell reads the scripts."""
    for unit in ("odoo.service", "odoo-backup.service", "odoo-backup.timer"):
        text = (FOLDER / "etc/systemd/system" / unit).read_text()
        assert "@" not in text, unit
    if shutil.which("systemd-analyze"):
        units = [FOLDER / "etc/systemd/system" / name for name in ("odoo.service", "odoo-backup.timer")]
        done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        assert "Unknown" not in done.stderr
