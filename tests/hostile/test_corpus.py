"""Damaged files through every upload of ours: ready or a clear error, within time and memory."""

import os
import time

import psutil
import pytest

from tools.rpc import RpcError

from . import corpus
from .client import TRACEBACK, fill
from .routes import ROUTES

pytestmark = [pytest.mark.usefixtures("clean_log"), pytest.mark.timeout(7200)]
BY_NAME = {route.name: route for route in ROUTES}
PROOF = BY_NAME["/online_proof/upload/<int:proof_id> POST"]
WORKSHOP = BY_NAME["/workshop/<int:link_id>/<string:token>/photo POST"]
MESSAGE = BY_NAME["/my/dossiers/<int:dossier_id>/message POST"]
DOWNLOAD = BY_NAME["/my/dossiers/file/<int:file_id> GET"]
#: what one upload may take, and what the server may have grown by at the end
SECONDS, MEGABYTES = 60, 400
PER_PROOF = 25


@pytest.fixture(scope="module")
def files():
    """A seeded sample; with ``HOSTILE=all`` (``make hostile``) everything, with a number a sample of that size."""
    wanted = os.environ.get("HOSTILE") or "14"
    found = corpus.files(None if wanted == "all" else int(wanted))
    assert len(found) >= 28
    return found


@pytest.fixture
def bounded_memory(target):
    """Fail when the server has kept much more memory than it had, or has died."""
    process = psutil.Process(target.server.popen.pid)
    before = process.memory_info().rss
    yield
    assert target.server.popen.poll() is None, "the server died"
    grown = (process.memory_info().rss - before) / 2**20
    assert grown < MEGABYTES, f"the server grew by {grown:.0f} MB"
    assert not process.children(recursive=True), "renderers are left over"


def _timed(call, *arguments, **options):
    started = time.monotonic()
    answer = call(*arguments, **options)
    took = time.monotonic() - started
    assert took < SECONDS, f"{took:.0f} s"
    assert answer.status_code < 500, f"{answer.status_code}: {answer.text[-300:]}"
    assert TRACEBACK not in answer.text
    return answer


def _new_proof(target):
    order = target.rpc.call("sale.order", "create", [{"partner_id": target.world["a"]["partner"]}])[0]
    return target.rpc.call("sale.order", "action_view_proof", [order])["res_id"]


def test_proofs(target, visitors, files, bounded_memory):
    """OP3, OP+3: every file is refused in words or becomes pages that are ready or marked as not shown."""
    accepted, problems = 0, []
    for number, (name, content) in enumerate(files):
        if number % PER_PROOF == 0:
            proof = _new_proof(target)
        answer = _timed(
            visitors["clerk"].call, PROOF, path={"proof_id": str(proof)}, files=[("files", (name, content))]
        )
        [result] = answer.json()["results"]
        accepted += not result["error"]
        if result["error"] and not 10 < len(result["error"]) < 400:
            problems.append(f"{name}: {result['error']!r}")
    for _time in range(20):
        try:
            target.rpc.run_cron("online_proof.ir_cron_prepare")
        except RpcError as error:
            problems.append(f"preparing: {error}")
            break
        if not target.run_sql("SELECT 1 FROM online_proof_file WHERE state <> 'ready'"):
            break
    left = target.run_sql("SELECT name FROM online_proof_file WHERE state <> 'ready'")
    waiting = target.run_sql(
        "SELECT file.name FROM online_proof_page page JOIN online_proof_file file ON file.id = page.file_id"
        " WHERE page.state NOT IN ('ready', 'failed')"
    )
    assert not problems, "\n".join(problems)
    assert not left and not waiting
    assert 0 < accepted < len(files), f"{accepted} of {len(files)}"


def test_photos(target, visitors, files, bounded_memory):
    """SW7: every file becomes a small JPEG or is refused in words."""
    kept, headers = 0, {"Accept": "application/json"}
    seeded = target.world["a"]  # other tests look at the photo that is there
    added = (seeded["purchase_line"], seeded["photo"])
    for name, content in files:
        target.run_sql("DELETE FROM purchase_line_photo WHERE line_id = %s AND id != %s", added)
        answer = _timed(visitors["nobody"].call, WORKSHOP, files=[("photo", (name, content))], headers=headers).json()
        new = len(answer["photos"]) - 1
        assert new + len(answer["errors"]) == 1, f"{name}: {answer}"
        kept += new
    assert 0 < kept < len(files)


def test_attachments(target, visitors, files, bounded_memory):
    """SD2: every file is kept as it is or refused in words, and comes back as a harmless download."""
    visitor, form = visitors["portal_a"], {"message_type": "attachment", "warranty": ""}
    for name, content in files[:60]:
        before = target.run_sql("SELECT coalesce(max(id), 0) FROM service_dossier_file")
        _timed(visitor.call, MESSAGE, {**fill(target, MESSAGE.values), **form}, files=[("files", (name, content))])
        [(file_id,)] = target.run_sql("SELECT coalesce(max(id), 0) FROM service_dossier_file")
        if (file_id,) in before:
            continue
        answer = _timed(visitor.call, DOWNLOAD, path={"file_id": str(file_id)})
        assert answer.content == content, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
