"""The work of each addon: what is put in, what is due, and how it is counted from outside."""

from tests.faults.jobs.dossier import DossierJob
from tests.faults.jobs.proof import ProofJob
from tests.faults.jobs.recurring import RecurringJob
from tests.faults.jobs.status import StatusJob
from tests.faults.jobs.supplier import SupplierJob
from tools.surfaces import jobs

JOBS = (SupplierJob, ProofJob, RecurringJob, StatusJob, DossierJob, *jobs())
