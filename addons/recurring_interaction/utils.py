"""Small helpers without a model of their own."""

import datetime
import re

import psycopg2
from odoo import fields
from odoo.addons.base_safeguard.defaults import own_defaults
from odoo.fields import Domain

from .const import RULE_ERRORS
from .recurrence import times

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def rule_error_text(env, error):
    """Return a ``RuleError`` as a sentence in the user's language."""
    text = env._(RULE_ERRORS.get(error.code) or RULE_ERRORS["syntax"])
    return f"{text} ({error.detail})" if error.detail else text


def fill_placeholders(text, values):
    """Replace ``{name}`` by its value; what is not a known name stays as it is."""
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text or "")


def due_domain(name):
    """Return the domain of the records whose date has come in their own time zone (field ``tz``)."""
    now = fields.Datetime.now()
    today = now.date()
    behind, ahead = times.zones_of_other_days(now)
    return (
        Domain(name, "<", today)
        | (Domain(name, "=", today) & Domain("tz", "not in", behind))
        | (Domain(name, "=", today + datetime.timedelta(days=1)) & Domain("tz", "in", ahead))
    )


def today_domain(name, operator, days=0):
    """Return the domain of the records whose date compares so with today in their own time zone (field ``tz``).

    :param days: how many days after today it is compared with
    """
    now = fields.Datetime.now()
    day = now.date() + datetime.timedelta(days=days)
    behind, ahead = times.zones_of_other_days(now)
    one_day = datetime.timedelta(days=1)
    return (
        (Domain(name, operator, day) & Domain("tz", "not in", behind + ahead))
        | (Domain(name, operator, day - one_day) & Domain("tz", "in", behind))
        | (Domain(name, operator, day + one_day) & Domain("tz", "in", ahead))
    )


def with_own_defaults(model, names, vals_list):
    """Return the values of new records in which fields that methods set start as the model says.

    Neither a ``default_`` of the context nor an ``ir.default`` counts for what is in the values.
    """
    own = own_defaults(model, names)
    return [{**own, **vals} for vals in vals_list]


def today_of(record):
    """Return the date of today in the time zone of a record (field ``tz``)."""
    return times.to_local(fields.Datetime.now(), record.tz).date()


def agenda_end_of(record):
    """Return the last day that activities and calendars show, counted from today where the record is."""
    return today_of(record) + datetime.timedelta(days=record.company_id.recurring_agenda_days)


def differing(record, values):
    """Return those of the values that writing them to the record would change."""
    return {name: value for name, value in values.items() if _cached(record, name, value) != _cached(record, name)}


def _cached(record, name, *value):
    field = record._fields[name]
    return field.convert_to_cache(value[0] if value else record[name], record)


def reason_of(records, error):
    """Return why something failed, as a sentence: what PostgreSQL says is said by Odoo."""
    return records._sql_error_to_message(error) if isinstance(error, psycopg2.Error) else str(error)
