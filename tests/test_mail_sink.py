"""The mail server of the development set-up keeps mail while Odoo is busy."""

import threading
import time
import xmlrpc.client

import pytest

from tools.mail_sink import Queue

pytestmark = pytest.mark.plain


def test_mail_waits_while_odoo_is_busy(tmp_path):
    """SD+5: mail that Odoo refuses for the time being is tried again, in order; nothing is dropped."""
    taken, busy = [], [True]
    done = threading.Event()

    def deliver(content):
        if busy:
            raise xmlrpc.client.ProtocolError("http://odoo", 500, "The Connection Pool Is Full", {})
        taken.append(content)
        if len(taken) == 20:
            done.set()

    queue = Queue(tmp_path, deliver, pauses=(0.01,))
    for number in range(20):
        queue.put(f"{number:05d}.eml", str(number).encode())
    time.sleep(0.1)
    assert not taken
    assert len(queue.waiting()) == 20
    busy.clear()
    assert done.wait(10)
    assert taken == [str(number).encode() for number in range(20)]


def test_mail_outlives_a_restart(tmp_path):
    """SD+5: what waited when the server stopped is delivered by the next one."""
    folder = tmp_path / "queue"
    folder.mkdir()
    (folder / "00001.eml").write_bytes(b"one")
    taken = threading.Event()
    queue = Queue(tmp_path, lambda content: taken.set())
    queue.start()
    assert taken.wait(10)


def test_what_is_refused_for_good_is_kept(tmp_path):
    """SD+5: a mail that Odoo cannot take at all does not hold up the others, and is not thrown away."""

    def deliver(content):
        if content == b"bad":
            raise xmlrpc.client.Fault(1, "ValueError: unreadable")
        taken.set()

    taken = threading.Event()
    queue = Queue(tmp_path, deliver, pauses=(0,))
    queue.put("00001.eml", b"bad")
    queue.put("00002.eml", b"good")
    assert taken.wait(10)
    assert [path.name for path in queue.refused.iterdir()] == ["00001.eml"]
