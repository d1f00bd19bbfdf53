"""PR5: Odoo's own routes to files and conversations, with valid ids of customer A's records."""

import pytest

from .client import REFUSALS, TRACEBACK
from .people import SECRETS
from .seeded import SEEDED

LOW = ("nobody", "portal_b", "intern", "foreign")
#: of each thread and its routes: what is sent besides the record's model and id
CONVERSATIONS = {
    "/mail/thread/messages": {},
    "/mail/chatter_fetch": {},
    "/portal/chatter_init": {},
    "/mail/message/post": {"post_data": {"body": "Not mine", "message_type": "comment"}},
}
THREADS = "SELECT model FROM ir_model WHERE is_mail_thread"
FILES = """
    SELECT file.id, file.name, file.file_size FROM ir_attachment file
     WHERE NOT coalesce(file.public, false) AND file.res_model = %s AND file.res_id = %s
"""
#: by number, as a picture, with a token that is none
ADDRESSES = ("/web/content/{}", "/web/image/{}", "/web/content/{}?access_token=x")

pytestmark = pytest.mark.usefixtures("clean_log")


@pytest.fixture(scope="module")
def theirs(target):
    """Return ``{model: id}`` of customer A's records."""
    models = {*SEEDED, *(table.replace("_", ".") for table in target.known["tables"])}
    found = {model: target.record_of(model, SEEDED) for model in sorted(models)}
    return {model: number for model, number in found.items() if number}


def _shown(answer):
    """Return what is wrong with an answer to somebody whom the record is nothing of."""
    if SECRETS["a"] in answer.text:
        return f"shows {SECRETS['a']}"
    return TRACEBACK if TRACEBACK in answer.text and "json" not in answer.headers.get("Content-Type", "") else ""


@pytest.mark.parametrize("login", LOW)
def test_conversations(target, visitors, theirs, login):
    """Nobody reads the thread of a record of A's, or writes to it."""
    problems, before = [], target.checksums()
    threads = [model for (model,) in target.run_sql(THREADS) if model in theirs]
    assert len(threads) > 5, "the query finds conversations"
    for model in threads:
        for address, more in CONVERSATIONS.items():
            params = {"thread_model": model, "thread_id": theirs[model], **more}
            answer = visitors[login].request("POST", target.url + address, json={"params": params})
            error = answer.json().get("error") if answer.content else None
            crash = error and not REFUSALS.fullmatch(error["data"]["name"])
            wrong = _shown(answer) or (crash and f"crash: {error['data']['name']}: {error['data']['message']}")
            problems += [f"{model} {address}: {wrong}"] if wrong else []
    assert not problems, "\n".join(problems)
    assert not target.changes(before)


@pytest.mark.parametrize("login", LOW)
def test_files(target, visitors, theirs, login):
    """Nobody gets a file, or a picture, of a record of A's by its number, by its field or by another's token."""
    problems, tried = [], 0
    for model, number in theirs.items():
        for file_id, name, size in target.run_sql(FILES, (model, number)):
            for address in ADDRESSES:
                tried += 1
                answer = visitors[login].request("GET", target.url + address.format(file_id))
                # a picture that may not be seen is answered with Odoo's own
                placeholder = "image" in address and answer.status_code == 200 and len(answer.content) != size
                if (answer.status_code < 400 and not placeholder) or _shown(answer):
                    problems.append(f"{model} {name} {address}: {answer.status_code}")
    assert tried, "A's records have files"
    assert not problems, "\n".join(problems)
