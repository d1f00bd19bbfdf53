"""OS+8: an addon from outside adds rules; its own tests run where it is installed beside ours."""

import re
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "addons"


def test_an_addon_of_its_own_adds_two_rules(installation, database):
    """OS+8: "ready for pick-up" and "review your purchase" are two classes in another addon, and nothing else."""
    command = installation.command(
        *("-d", database, "-i", "order_status_outside", "--test-tags", "/order_status_outside"),
        *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
        config=installation.write_config(database, addons=[FOLDER]),
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    result = re.search(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests", done.stderr)
    assert result and result.groups() == ("0", "0", "5"), done.stderr[-6000:]
