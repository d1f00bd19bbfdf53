"""Values that no form sends."""

import os

#: what no page and no mail may hold as it is
TAG = "<script>alert(1)</script>"
#: in the place of a number in a path, percent-encoded already. No NUL and no ``../``: with these in an address
#: Odoo's own page for errors fails (it looks the address up as a page of the website), whatever the route.
PATH_NUMBERS = (
    *("0", "-1", "2147483648", "9223372036854775808", "1" + "0" * 30, "1" * 400),
    *("abc", "1.5", "%D9%A3", "%C2%B2", "1%0D%0AX-Injected:%201", "1'--", ""),
)
#: in the place of a text in a path
PATH_TEXTS = ("%C3%A9%E2%82%AC", "a" * 3000, "%0D%0AX-Injected:%201", "%ED%A0%80", "'\"<b>", "%25s{0}")
#: in the place of any parameter of a form or a query
TEXTS = (
    *("", "0", "-1", "2147483648", "1" + "0" * 30, "²", "٣", "1_0", "1.5", "NaN", "inf", "-1e400", "None"),
    *(
        "\0",
        "a\0b",
        "é€😀",
        "\u2028\x85\x1b",
        TAG,
        "%s%n%(x)s{0}",
        "../../etc/passwd",
        "' OR 1=1 --",
    ),
    *("x\r\nBcc: victim@example.org", "x" * 50_000, "${7*7}", "\\"),
)
#: in the place of any parameter of a JSON request, next to the texts
JSON_VALUES = (
    *(
        None,
        True,
        False,
        -1,
        2**31,
        10**30,
        1.5,
        1e308,
        [],
        [1],
        {},
        {"a": [1]},
        [[["x"]]],
        "\ud800",
        [None],
        ["a", "b"],
    ),
)
#: texts that JSON may carry although they are no JSON
JSON_RAW = (b"NaN", b"Infinity", b"-Infinity", b"1e999")


def thinned(values, number):
    """Return every fifth value, others for each ``number``: all of them over all routes.

    With ``HOSTILE=all`` (``make hostile``) every route gets every value.
    """
    return list(values) if os.environ.get("HOSTILE") == "all" else list(values)[number % 5 :: 5]
