"""Loaded as a server-wide module by the servers of the end-to-end tests, and where their templates are made.

Passwords are hashed in no time.

Odoo hashes a password 600,000 times, a third of a second for each login, and again for each RPC session after
whatever empties its caches. Its own tests leave that out, too.
"""

from odoo.addons.base.models import res_users

#: Odoo itself replaces hashes of another number of rounds, at the first login
res_users.MIN_ROUNDS = 1000
