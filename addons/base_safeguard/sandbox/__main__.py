"""The worker: reads one job (JSON) from its standard input, answers with one JSON object.

Started by ``client`` only, as ``python -I <folder> MEMORY CPU OUTPUT``.
"""

import importlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Apply the limits before anything of the job is imported, then run it."""
    # appended, not put in front: nothing in an addon's folder may hide a module of Python
    sys.path.append(str(FOLDER.parent))
    importlib.import_module(f"{FOLDER.name}.limits").apply_limits(*map(int, sys.argv[1:4]))
    task = json.load(sys.stdin)
    sys.path.append(task["root"])
    try:
        function = getattr(importlib.import_module(task["module"]), task["job"])
        answer = {"result": function(**task["parameters"])}
    except (MemoryError, RecursionError, OverflowError):
        answer = {"error": "too_heavy", "values": {}}
    except Exception as error:
        code = getattr(error, "code", None)
        if not isinstance(code, str):
            raise
        answer = {"error": code, "values": getattr(error, "values", {})}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
