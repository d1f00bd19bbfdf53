from . import supplier_order_wizard
from . import supplier_order_wizard_line
from . import supplier_order_wizard_offer
from . import credit_purchase
