"""The table of our routes: who may call each, with which ids and secrets.

A route that is missing fails ``test_inventory``; whoever adds one says in the addon's ``tests/surface.py``
(``tools/surfaces.py``) what a stranger may try on it, and the attacks of ``test_routes`` follow by themselves.
"""

from tools.surfaces import CUSTOMER, EVERYBODY, LOGGED_IN, STAFF, Route, all_of, surface

__all__ = ["CUSTOMER", "EVERYBODY", "LOGGED_IN", "ROUTES", "STAFF", "UNDECIDED", "Route"]

#: takes back every decision about proofs but the seeded ones
UNDECIDED = surface("online_proof")._UNDECIDED

ROUTES = all_of("ROUTES")
