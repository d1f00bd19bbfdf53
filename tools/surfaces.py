"""What the suites must know of an addon stands in the addon: ``addons/<name>/tests/surface.py``.

A surface is plain data and needs no Odoo: Odoo's own runner never imports it, the suites of this repository
and the tools read it by its path. Each name below may be left out; a sixth addon says everything there and
touches no line outside of its folders.

======================  =============================================================================================
``ROUTES``              ``[Route]``: every route that the addon writes or overrides (``tests/hostile``)
``METHODS``             ``{model: "names"}``: what RPC can call and the addon defines or overrides
``ROLE``                name of the group whose people do the addon's work
``SEEDED``              ``{model: name}``: the seeded record of customer A that the model's methods are called with
``OWNED``               ``{name: table}``: the seeded records that belong to one customer
``CREATED``             ``{model: (values, {field: name of a seeded record})}``: what ``create`` takes at least
``ARGUMENTS``           ``{method: [...]}``: arguments after the ids
``NO_IDS``              ``{method: [...]}``: methods that work on no records, and their arguments
``MAY_BE_SET``          ``{"model.field": why}``: states that a role below administrator may set by hand
``CLOCKS``              ``{table: [columns]}``: columns that say when somebody looked, not what anybody did
``seed(seed, side)``    makes the records of a side inside of Odoo and returns ``{name: id or token}``
``NO_PAGES``            names of GET routes that serve no page: pictures, files, redirects (``tests/finish``)
``PAGES``               ``[Page]``: pages that customers and guests see
``BUTTONS``             ``{action or name: (model, method, attribute of the world)}``: windows that need a record
``WINDOWS``             names in ``BUTTONS`` of windows without an action of their own
``DOCUMENTS``           ``[(model, attribute of the world)]``: documents of Odoo with parts of the addon in them
``prepare(world)``      does one of everything, for the screens; sets attributes of the world
``JOB``                 ``"module:Class"``: the work of the scheduled actions (``tests/faults``)
``LOGINS``              ``{login: who it is}`` of the demo data
``FEATURES``            ``(letters, rows asked for, rows that are ours)`` of ``docs/features.md``
``PICTURES``            ``{name: screenshot of the story}`` of the documentation
``SURVIVORS``           ``{name of a mutant: why it may live}`` (``make mutants``)
``APPS_PAGE``           names of the pictures that the Apps page shows, too
======================  =============================================================================================
"""

import functools
import importlib.util
from dataclasses import dataclass, field

from tools.settings import ADDONS_DIR, DEMO_LOGINS, our_addons

#: logins that the attacks are tried with; "nobody" has none
EVERYBODY = ("nobody", "portal_b", "intern", "foreign", "portal_a", "clerk")
LOGGED_IN = EVERYBODY[1:]
CUSTOMER = ("portal_a",)
STAFF = ("clerk",)


@dataclass(frozen=True)
class Route:
    """One address with one set of methods.

    :ivar path: names of the path's parameters, each with the seeded id (or ``=literal``) that fills it
    :ivar who: logins that get an answer with these ids; the others must be refused
    :ivar values: the other parameters of an honest call, in the same notation
    :ivar secret: the parameter that opens the route to whoever knows it, login or not
    :ivar upload: field that takes files
    :ivar reset: SQL that takes back what an honest call does, so that the next one is honest again
    :ivar mine: it shows the caller's own records only, whoever calls: nobody is refused
    :ivar leads: an honest call is answered with a redirect; forms always may be
    :ivar foreign: the code is Odoo's own and ours only wraps it: strangers are tried, odd values are not
    """

    rule: str
    methods: str
    path: dict = field(default_factory=dict)
    who: tuple = EVERYBODY
    values: dict = field(default_factory=dict)
    secret: str = ""
    kind: str = "http"
    upload: str = ""
    csrf: bool = True
    reset: tuple = ()
    mine: bool = False
    leads: bool = False
    foreign: bool = False

    @property
    def name(self):
        """The address and its methods: what Odoo knows the route by."""
        return f"{self.rule} {self.methods}"

    @property
    def writes(self):
        """Return whether the route is there to change something."""
        return "POST" in self.methods or self.kind == "jsonrpc"

    @property
    def verb(self):
        """The HTTP method of an honest call."""
        return "POST" if self.writes else "GET"


@dataclass(frozen=True)
class Page:
    """A page: who opens it (None: a guest), where, which part of it is ours, and with which status it answers.

    :ivar route: addon and name of the method that serves it
    :ivar path: its address; ``{world.<attribute>}`` is filled in
    """

    name: str
    route: tuple
    login: str | None
    path: str
    ours: str = "#wrap"
    status: int = 200


@functools.cache
def surface(addon):
    """Return an addon's surface as a module, None where it has none."""
    path = ADDONS_DIR / addon / "tests/surface.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"surface_of_{addon}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_addon(name):
    """Return ``{addon: value}`` of what the surfaces call ``name``, those that do not know it left out."""
    found = {addon: getattr(surface(addon), name, None) for addon in our_addons()}
    return {addon: value for addon, value in found.items() if value}


def all_of(name):
    """Return the lists ``name`` of all surfaces as one list."""
    return [item for items in by_addon(name).values() for item in items]


def merged(name):
    """Return the dicts ``name`` of all surfaces as one: no two say something about the same key."""
    found = {}
    for addon, values in by_addon(name).items():
        again = found.keys() & values.keys()
        assert not again, f"{addon}: {name} of {', '.join(sorted(again))} stands in another surface, too"
        found |= values
    return found


def methods(known):
    """Return ``{model: sorted names}`` of what RPC can call: ``known`` and that of all addons together."""
    found = {}
    for values in (known, *by_addon("METHODS").values()):
        for model, names in values.items():
            found.setdefault(model, set()).update(names.split())
    return {model: sorted(names) for model, names in found.items()}


def logins():
    """Return ``{login: who it is}`` of everybody in the demo data; the password is the login."""
    return {**DEMO_LOGINS, **merged("LOGINS")}


def jobs():
    """Return the classes of the work of the addons' scheduled actions."""
    found = []
    for job in by_addon("JOB").values():
        module, _colon, name = job.partition(":")
        found.append(getattr(importlib.import_module(module), name))
    return found
