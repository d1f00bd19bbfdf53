"""Numbers as people write them."""


def plain_number(value: float) -> str:
    """Return a quantity with the decimals that it has, and never as a power of ten: ``1250000``, ``2.5``.

    ``format(value, "g")`` makes 1.25e+06 of the first, and the same of quantities that are not the same.
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")
