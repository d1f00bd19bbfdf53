"""helpdesk_mgmt's own tests pass with dossiers installed (SD4)."""

import contextlib
import re
import subprocess

import pytest

from tools.odoo_server import free_port
from tools.postgres import connect


@pytest.fixture
def clone(installation, template):
    """A database of its own: the tests of an update leave their traces."""
    name = "e2e_helpdesk_suite"
    installation.clone_database(template, name)
    yield name
    installation.drop_database(name)


def test_their_tests_pass(installation, clone):
    """SD4: updating helpdesk_mgmt keeps what is made safe, and its own tests pass."""
    done = subprocess.run(
        installation.command(
            *("-d", clone, "-u", "helpdesk_mgmt", "--stop-after-init", "--max-cron-threads=0"),
            *("--http-port", free_port(), "--test-tags", "/helpdesk_mgmt"),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    log = done.stdout + done.stderr
    found = re.findall(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests", log)
    assert found, log[-3000:]
    failed, errors, total = map(int, found[-1])
    assert (failed, errors) == (0, 0), "\n".join(re.findall(r".*(?:FAIL|ERROR):? .*", log)[:20])
    assert total >= 25
    with contextlib.closing(connect(installation.database, clone)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.perm_write FROM ir_model_access a JOIN ir_model_data d"
            " ON d.model = 'ir.model.access' AND d.res_id = a.id"
            " WHERE d.module = 'helpdesk_mgmt' AND d.name = 'access_helpdesk_ticket_stage_public'"
        )
        assert cursor.fetchall() == [(False,)]
