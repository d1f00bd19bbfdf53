"""Public holidays of countries and their regions, from the ``holidays`` library."""

import datetime
from collections.abc import Iterable
from typing import Literal

import holidays


def countries() -> set[str]:
    """Return the ISO codes of the countries whose holidays are known."""
    return set(holidays.list_supported_countries(include_aliases=False))


def regions(country: str | Literal[False]) -> set[str]:
    """Return the ISO codes of the regions of a country that have holidays of their own."""
    return set(holidays.list_supported_countries(include_aliases=False).get(country or "", ()))


def days(
    country: str, region: str | Literal[False] | None, years: Iterable[int], lang: str | None
) -> dict[datetime.date, str]:
    """Return the public holidays as a dict of date to name.

    :param region: code of a region; empty: what holds in the whole country
    :param lang: language of the names, as Odoo writes it; where it is missing, that of the country
    """
    known = holidays.country_holidays(country)
    language = next((code for code in known.supported_languages or () if code[:2] == (lang or "")[:2]), None)
    return dict(
        holidays.country_holidays(
            country,
            subdiv=region if region in known.subdivisions else None,
            years=sorted(years),
            language=language,
        )
    )
