"""What hypothesis makes texts of, and how often it tries."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

settings.register_profile(
    "hostile",
    max_examples=150,
    # what never ends is noticed; a busy machine is not
    deadline=20_000,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("hostile")

#: everything that Python calls a text, lone surrogates and NUL included
ANY = st.text(st.characters(), max_size=200)
#: texts that a database or an HTTP form can hold
CLEAN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
