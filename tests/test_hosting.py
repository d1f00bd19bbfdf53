"""What ``docs/production.md`` says about workers."""

import urllib.request

from tests.helpers import wait_until
from tools.odoo_server import answers, free_port
from tools.settings import HOST


def test_websocket_process(start_server):
    """With workers, live notifications have a process of their own, and it is started once."""
    port = free_port()
    server = start_server("workers", extra=("--workers=1", f"--gevent-port={port}"))
    health = f"http://{HOST}:{port}/websocket/health"
    wait_until(lambda: answers(health))
    with urllib.request.urlopen(health, timeout=10) as answer:
        assert b"pass" in answer.read()
    log = server.log.read_text()
    assert "Traceback" not in log
    assert log.count("Evented Service (longpolling) running") == 1
