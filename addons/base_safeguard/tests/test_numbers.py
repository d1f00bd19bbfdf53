from odoo.tests import BaseCase

from ..numbers import plain_number


class TestNumbers(BaseCase):
    """Quantities are written as people write them."""

    def test_plain_number(self):
        """Decimals that are there, no others; no powers of ten, which make one of two quantities."""
        for value, text in ((10.0, "10"), (2.5, "2.5"), (0.0, "0"), (1_250_001.0, "1250001"), (1e9, "1000000000")):
            self.assertEqual(plain_number(value), text)
