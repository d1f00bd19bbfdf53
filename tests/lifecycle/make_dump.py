"""Make the dump that ``test_upgrade`` starts from: a database with our addons as they were at a commit.

``PYTHONWARNINGS=ignore .venv/bin/python -m tests.lifecycle.make_dump 0ced0f8`` (the first version, 19.0.1.0.0)
writes ``tests/lifecycle/dumps/19.0.1.0.0.sql.xz``: everything the addons depend on, the addons of that
commit and demo data. The demo data is the data of each addon; what the test must find again it reads
from the dump itself. Files of our addons' records are put into the database; other pictures are left out.
"""

import contextlib
import lzma
import shutil
import subprocess
import sys

from tests.lifecycle.dump import DUMPS, OUR_MODELS, postgres_program
from tools.odoo_server import OdooInstallation
from tools.postgres import connect, database_server
from tools.settings import ADDONS_DIR, FILESTORE_DIR, ROOT, STATE_DIR, our_addons, progress, run_tool

DATABASE = "first_version"


class OldInstallation(OdooInstallation):
    """Odoo with our addons as they were."""

    folder = STATE_DIR / "first_version"

    def checkout(self, commit):
        """Extract the addons of a commit."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", commit, "addons"], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", self.folder], input=archive.stdout, check=True)

    def addons_path(self):
        return super().addons_path().replace(str(ADDONS_DIR), str(self.folder / "addons"), 1)


def make_compact(cursor):
    """Drop what Odoo makes again, and keep the files of our records in the database."""
    cursor.execute("DELETE FROM ir_attachment WHERE url LIKE '/web/assets/%'")
    cursor.execute("TRUNCATE ir_logging, bus_bus")
    cursor.execute(
        f"""SELECT id, store_fname FROM ir_attachment WHERE store_fname IS NOT NULL AND (res_model IN ({OUR_MODELS})
           OR id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.attachment' AND module = ANY(%(ours)s)))""",  # noqa: S608 - a constant
        {"ours": our_addons()},
    )
    for number, name in cursor.fetchall():
        content = (FILESTORE_DIR / "filestore" / DATABASE / name).read_bytes()
        cursor.execute("UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s", (content, number))
    # pictures of Odoo's own demo data
    cursor.execute("DELETE FROM ir_attachment WHERE store_fname IS NOT NULL")


def portable(text):
    """Leave out of a dump what only the newest servers and clients understand."""
    new = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ")
    return b"\n".join(line for line in text.split(b"\n") if not line.startswith(new))


def main():
    commit = sys.argv[1]
    with database_server() as parameters:
        installation = OldInstallation(parameters)
        installation.checkout(commit)
        base = OdooInstallation(parameters).base_template()
        installation.clone_database(base, DATABASE)
        progress(f"installing the addons of {commit}")
        installation.install(DATABASE, our_addons())
        with contextlib.closing(connect(parameters, DATABASE)) as connection, connection.cursor() as cursor:
            make_compact(cursor)
            cursor.execute("SELECT latest_version FROM ir_module_module WHERE name = ANY(%s)", (our_addons(),))
            (version,) = {row[0] for row in cursor.fetchall()}
        command = postgres_program("pg_dump", parameters, DATABASE, "--no-owner", "--no-privileges", "--no-comments")
        text = portable(subprocess.run(**command, stdout=subprocess.PIPE, check=True).stdout)
        DUMPS.mkdir(exist_ok=True)
        target = DUMPS / f"{version}.sql.xz"
        target.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
        installation.drop_database(DATABASE)
        progress(f"{target.relative_to(ROOT)}: {target.stat().st_size / 2**20:.1f} MiB, {len(text) / 2**20:.0f} before")


if __name__ == "__main__":
    run_tool(main)
