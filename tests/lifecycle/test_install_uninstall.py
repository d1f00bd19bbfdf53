"""Each addon comes and goes alone, and all of them together in any order, leaving nothing behind."""

import contextlib
import json
import os
import random
import re
import subprocess

import pytest

from tools.postgres import connect
from tools.settings import LOG_DIR, ROOT, STATE_DIR, our_addons, venv_python

# ten installations and uninstallations in a row, on machines that do other things too
pytestmark = pytest.mark.timeout(900)
#: What all others need: Odoo installs it with the first of them, and it goes last.
FLOOR = "base_safeguard"
#: Odoo gives what a model has from ``mail.thread`` an external id of the last module that extends that, too: these
#: stay as long as the module does (see ``driver.SCHEMA``).
STAYS_WITH_FLOOR = re.compile(
    rf"left over: external id: ({FLOOR}\.\w+ \(ir\.model\.(inherit|fields\.selection)\)(, )?)+"
)
#: Random orders tried; the first is the one of every ``make test``.
PERMUTATIONS = int(os.environ.get("LIFECYCLE_PERMUTATIONS", "1"))
TIMEOUT = 600
#: What Odoo may not delete of the demo data: orders with deliveries, their customers and products stay, as
#: they would if a person had made them, with Odoo's own notes on them.
DEMO_TABLES = (
    "ir_attachment|mail_followers|mail_message|product_product|product_supplierinfo|product_template|purchase_order"
    "|purchase_order_line|res_partner|sale_order|sale_order_line|stock_move|stock_move_line|stock_picking"
    "|stock_quant|stock_reference"
)
DEMO_MODELS = r"product\.product|product\.template|res\.partner"
DEMO_LEFT = re.compile(
    rf"left over: rows of ({DEMO_TABLES}): .*|left over: external id: ([\w.]+ \(({DEMO_MODELS})\)(, )?)+"
)
#: Odoo tries to delete these, PostgreSQL refuses for the sake of a table that is not ours, Odoo leaves them.
DEMO_DELETED = r"""ERROR odoo\.sql_db: bad query: b'DELETE FROM "(product_product|product_template|res_partner)" """
DEMO_REFUSED = re.compile(rf"""{DEMO_DELETED}.* on table "({DEMO_TABLES})"\n""", re.DOTALL)


@pytest.fixture(scope="module")
def run_steps(installation):
    """Run installations and uninstallations on a fresh clone: ``run_steps("name", ["+a", "-a"], demo=True)``."""
    base = installation.base_template()

    def run(name, steps, *, demo):
        database = f"lifecycle_{name}"
        installation.clone_database(base, database)
        if not demo:
            # a module gets its demo data where all modules below it have theirs
            with contextlib.closing(connect(installation.database, database)) as connection:
                connection.cursor().execute("UPDATE ir_module_module SET demo = false")
        report = STATE_DIR / f"{database}.json"
        report.unlink(missing_ok=True)
        config = installation.write_config(database)
        log = LOG_DIR / f"{database}.log"
        command = [venv_python(), "-W", "ignore", "-m", "tests.lifecycle.driver", config, database, report, *steps]
        with log.open("w") as file:
            code = subprocess.run(
                list(map(str, command)), cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, timeout=TIMEOUT, check=False
            ).returncode
        assert code == 0, log.read_text()[-4000:]
        installation.drop_database(database)
        return json.loads(report.read_text())

    return run


@pytest.fixture(scope="module")
def alone(run_steps):
    """Reports of each addon installed alone and uninstalled again, by addon; what all of them need stays meanwhile."""
    others = [addon for addon in our_addons() if addon != FLOOR]
    steps = [f"+{FLOOR}", *(f"{sign}{addon}" for addon in others for sign in "+-"), f"-{FLOOR}"]
    reports = {}
    for step, entry in zip(steps, run_steps("alone", steps, demo=False), strict=True):
        reports.setdefault(step[1:], []).append(entry)
    return reports


def complaints(entries):
    return [f"{entry['step']}: {line}" for entry in entries for line in entry["warnings"]]


@pytest.mark.parametrize("addon", our_addons())
def test_alone_leaves_nothing(alone, addon):
    """An addon is installed alone and uninstalled again; nothing of it stays and nothing is complained about."""
    _installed, uninstalled = alone[addon]
    assert not complaints(alone[addon])
    left = uninstalled["own"]
    if addon == FLOOR:
        # what an addon that came and went meanwhile left behind is that addon's failure
        left = [line for line in left if not any(line in alone[name][-1]["own"] for name in alone if name != FLOOR)]
    else:
        left = [line for line in left if not STAYS_WITH_FLOOR.fullmatch(line)]
    assert left == []


@pytest.mark.parametrize("seed", range(PERMUTATIONS))
def test_any_order_leaves_nothing(run_steps, seed):
    """All five are installed in one random order and uninstalled in another, with data in them.

    Nothing stays but business documents of other modules that nobody may delete any more.
    """
    order = random.Random(seed)
    coming, going = our_addons(), our_addons()
    order.shuffle(coming)
    order.shuffle(going)
    # what the others need cannot go before them
    going.sort(key=lambda addon: addon == FLOOR)
    steps = [f"+{addon}" for addon in coming] + [f"-{addon}" for addon in going]
    report = run_steps(f"order_{seed}", steps, demo=True)
    assert [line for line in complaints(report) if not DEMO_REFUSED.search(line)] == [], steps
    assert [line for line in report[-1]["differences"] if not DEMO_LEFT.fullmatch(line)] == [], steps
