"""helpdesk_mgmt's own tests pass with dossiers installed (SD4)."""

import re
import subprocess

import pytest

from tools.odoo_server import free_port

# the browser's unit tests load no code of ours that concerns tickets, and take a minute
TAGS = "/helpdesk_mgmt,-/helpdesk_mgmt:TestJS"


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
            *("--http-port", free_port(), "--test-tags", TAGS),
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
