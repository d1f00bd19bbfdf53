"""What Odoo calls: every job is a process of its own with limits, and a bounded wait for it."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import JobError

_logger = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Limits:
    """Limits of a process: bytes of memory, seconds of processor time, bytes of one output file."""

    memory: int = 1024 * 2**20
    cpu: int = 120
    output: int = 512 * 2**20

    def arguments(self) -> list[str]:
        """Return the limits as words of a command line."""
        return [str(self.memory), str(self.cpu), str(self.output)]


def limited(command: list, limits: Limits = Limits()) -> list:
    """Return ``command`` (of another program) wrapped so that it runs under the limits."""
    return [sys.executable, "-I", "-S", str(FOLDER / "limits.py"), *limits.arguments(), *command]


def _package_folder(module: str) -> tuple[str, str]:
    """Return the folder to import from and the name to import (``package.module``), for a module of an addon."""
    # imported here: this package is also imported by the worker, which knows no Odoo
    from odoo.modules.module import get_module_path

    addon, *folders, package, name = module.split(".")
    return str(Path(get_module_path(addon), *folders)), f"{package}.{name}"


def _prepare_job(module: str, job: str, limits: Limits, parameters: dict) -> tuple[list, str]:
    """Return the command line of the worker and what it reads from its standard input."""
    root, name = _package_folder(module)
    data = json.dumps({"root": root, "module": name, "job": job, "parameters": parameters}, default=str)
    return [sys.executable, "-I", "-W", "ignore", str(FOLDER), *limits.arguments()], data


def start_job(module: str, job: str, *, limits: Limits = Limits(), **parameters) -> subprocess.Popen:
    """Start a job whose results appear as files, one by one; the caller watches the process and ends it.

    Parameters as of :func:`run_job`; the answer of the job goes nowhere.
    """
    command, data = _prepare_job(module, job, limits, parameters)
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    process.stdin.write(data)
    process.stdin.close()
    return process


def run_job(module: str, job: str, *, seconds: float = 40, limits: Limits = Limits(), **parameters):
    """Run a function in a process with limits and return its answer.

    :param module: ``addon.package.module``; the package imports no Odoo
    :param job: name of the function; it takes ``parameters`` and returns what JSON can hold
    :param seconds: how long to wait at most
    :raises JobError: what the job said (exceptions with ``code`` and ``values``), ``too_heavy`` where it ran into
        a limit, ``damaged`` where it failed
    """
    command, data = _prepare_job(module, job, limits, parameters)
    try:
        done = subprocess.run(command, input=data, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        _logger.warning("%s.%s took more than %s seconds", module, job, seconds)
        raise JobError("too_heavy") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        _logger.warning("%s.%s ended with code %s: %s", module, job, done.returncode, done.stderr[-2000:])
        raise JobError("damaged" if done.returncode == 1 else "too_heavy") from error
    if "error" in answer:
        raise JobError(answer["error"], **answer["values"])
    return answer["result"]
