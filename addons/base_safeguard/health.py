"""What monitoring asks an installation. Plain Python, no ORM."""

from dataclasses import dataclass

OK, WARNING, CRITICAL = "ok", "warning", "critical"
ORDER = (OK, WARNING, CRITICAL)


@dataclass(frozen=True)
class Check:
    """One figure and from where on it is bad.

    :ivar code: name of the metric, ``a-z`` and ``_`` only
    :ivar label: what it is, for people
    :ivar unit: ``seconds``, ``bytes``, ``credits`` or empty for a number of things
    :ivar warning: from this value on somebody should look; None: never
    :ivar critical: from this value on something is broken; None: never
    :ivar below: the limits are lower ones: the value is bad where it is less
    :ivar subject: what the figure is of where there are several (the name of a scheduled action)
    """

    code: str
    label: str
    value: float
    unit: str = ""
    warning: float | None = None
    critical: float | None = None
    below: bool = False
    subject: str = ""

    @property
    def state(self) -> str:
        """How bad it is: ``ok``, ``warning`` or ``critical``."""
        for state, limit in ((CRITICAL, self.critical), (WARNING, self.warning)):
            if limit is not None and (self.value < limit if self.below else self.value >= limit):
                return state
        return OK

    def as_dict(self) -> dict:
        """Return the check for JSON (keys: code, label, subject, value, unit, state)."""
        names = ("code", "label", "subject", "value", "unit", "state")
        return {name: getattr(self, name) for name in names}


def worst(checks: list[Check]) -> str:
    """Return the state of the whole."""
    return max((check.state for check in checks), key=ORDER.index, default=OK)


def prometheus(checks: list[Check]) -> str:
    """Return the figures in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats)."""
    lines: list[str] = []
    families: dict[str, list[Check]] = {}
    for check in checks:
        families.setdefault("_".join(filter(None, ("odoo", check.code, check.unit))), []).append(check)
    for name, family in families.items():
        lines += [f"# HELP {name} {_escape(family[0].label)}", f"# TYPE {name} gauge"]
        for check in family:
            labels = f'{{subject="{_escape(check.subject, quotes=True)}"}}' if check.subject else ""
            lines.append(f"{name}{labels} {check.value:g}")
    lines += ["# HELP odoo_health 0 ok, 1 warning, 2 critical", "# TYPE odoo_health gauge"]
    return "\n".join([*lines, f"odoo_health {ORDER.index(worst(checks))}", ""])


def _escape(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text
