"""SW+3 SW+6: stock and prices of PromoStandards over real HTTP."""

import datetime
from decimal import Decimal

import pytest

from .promostandards import answer, body, supplier, validate
from .wire import http


def stock(quantity="", places=""):
    return answer(
        "stock",
        "GetInventoryLevelsResponse",
        "<s:Inventory><s:productId>SHIRT</s:productId><s:PartInventoryArray><s:PartInventory>"
        f"<s:partId>XL-RED</s:partId><s:mainPart>true</s:mainPart>{quantity}"
        f"<s:manufacturedItem>false</s:manufacturedItem><s:buyToOrder>false</s:buyToOrder>{places}"
        "</s:PartInventory></s:PartInventoryArray></s:Inventory>",
    )


def price(*steps, until="2100-01-01T00:00:00Z", uom="EA"):
    rows = "".join(
        f"<m:PartPrice><m:minQuantity>{least}</m:minQuantity><m:price>{amount}</m:price><m:priceUom>{uom}</m:priceUom>"
        "<m:priceEffectiveDate>2020-01-01T00:00:00</m:priceEffectiveDate>"
        f"<m:priceExpiryDate>{until}</m:priceExpiryDate></m:PartPrice>"
        for least, amount in steps
    )
    return answer(
        "price",
        "GetConfigurationAndPricingResponse",
        f"<m:Configuration><m:PartArray><m:Part><s:partId>XL-RED</s:partId><m:PartPriceArray>{rows}</m:PartPriceArray>"
        "<s:partGroup>1</s:partGroup><s:partGroupRequired>true</s:partGroupRequired>"
        "<s:partGroupDescription>Main</s:partGroupDescription><s:ratio>1</s:ratio><s:defaultPart>true</s:defaultPart>"
        "</m:Part></m:PartArray><s:productId>SHIRT</s:productId><s:currency>USD</s:currency><s:FobArray><s:Fob>"
        "<s:fobId>1</s:fobId></s:Fob></s:FobArray><s:priceType>Customer</s:priceType></m:Configuration>",
    )


def test_offers():
    """SW+6: stock (of all places) and the price for the quantity that is valid today."""
    place = (
        "<s:InventoryLocationArray><s:InventoryLocation><s:inventoryLocationId>A</s:inventoryLocationId>"
        "<s:postalCode>1</s:postalCode><s:country>US</s:country><s:inventoryLocationQuantity><s:Quantity>"
        "<s:uom>EA</s:uom><s:value>7</s:value></s:Quantity></s:inventoryLocationQuantity><s:FutureAvailabilityArray>"
        "<s:FutureAvailability><s:Quantity><s:uom>EA</s:uom><s:value>9</s:value></s:Quantity>"
        "<s:availableOn>2026-12-09T00:00:00Z</s:availableOn></s:FutureAvailability></s:FutureAvailabilityArray>"
        "</s:InventoryLocation></s:InventoryLocationArray>"
    )
    parts = [("SHIRT:XL-RED", Decimal(30)), ("SHIRT:XL-RED", Decimal(2))]
    prices = [price((1, "9.5"), (24, "7.25"), (100, "5")), price((12, "7.25"))]
    with supplier(stock=[stock(places=place)], price=prices) as (client, wires):
        messages = client.connector.offer_messages(client.account, parts, "USD")
        values = [client.send(*client.render(*message)).value for message in messages]
        offers = client.connector.read_offers(parts, values)
    for kind in ("stock", "price"):
        validate(kind, body(wires[kind]))
    assert (offers[0].price, offers[0].currency, offers[0].available) == (Decimal("7.25"), "USD", Decimal(7))
    assert offers[0].available_on == datetime.date(2026, 12, 9)
    assert offers[1].price is None, "two are less than the smallest quantity that has a price"


#: Inventory 2.0.0 as the guides of S&S Activewear and SanMar show it, and a stock that is oversold
PLACE = (
    "<s:InventoryLocationArray><s:InventoryLocation><s:inventoryLocationId>NJ</s:inventoryLocationId>"
    "<s:inventoryLocationName>Robbinsville</s:inventoryLocationName><s:Address><s:city>Robbinsville</s:city>"
    "<s:country>US</s:country><s:postalCode>08691</s:postalCode></s:Address><s:inventoryLocationQuantity><s:Quantity>"
    "<s:uom>EA</s:uom><s:value>23</s:value></s:Quantity></s:inventoryLocationQuantity></s:InventoryLocation>"
    "</s:InventoryLocationArray>"
)
AVAILABLE = "<s:quantityAvailable><s:Quantity><s:value>{}</s:value></s:Quantity></s:quantityAvailable>"
FIELD_STOCKS = [
    (f"{AVAILABLE.format(684)}<s:manufacturedItem>false</s:manufacturedItem>{PLACE}", 684),
    (AVAILABLE.format("500"), 500),
    (AVAILABLE.format("-3"), 0),
]


@pytest.mark.parametrize(("content", "expected"), FIELD_STOCKS)
def test_stock_of_large_suppliers(content, expected):
    """SW+6: what large suppliers leave out, or write in other words, is no reason to show no price."""
    rows = f"<s:PartInventory><s:partId>XL-RED</s:partId>{content}</s:PartInventory>"
    given = answer(
        "stock",
        "GetInventoryLevelsResponse",
        f"<s:Inventory><s:productId>SHIRT</s:productId><s:PartInventoryArray>{rows}</s:PartInventoryArray></s:Inventory>",
    )
    steps = (
        "<m:PartPrice><m:minQuantity>1</m:minQuantity><m:price>7.42</m:price><m:priceUom>EA</m:priceUom></m:PartPrice>"
    )
    bare = answer(
        "price",
        "GetConfigurationAndPricingResponse",
        f"<m:Configuration><m:PartArray><m:Part><s:partId>XL-RED</s:partId><m:PartPriceArray>{steps}</m:PartPriceArray>"
        "</m:Part></m:PartArray><s:productId>SHIRT</s:productId><s:currency>USD</s:currency></m:Configuration>",
    )
    with supplier(stock=[given], price=[bare]) as (client, _wires):
        [offer] = ask(client, [("SHIRT:XL-RED", Decimal(2))])
    assert (offer.available, offer.price) == (expected, Decimal("7.42"))


def ask(client, parts):
    messages = client.connector.offer_messages(client.account, parts, "USD")
    values = [client.send(*client.render(*message)).value for message in messages]
    return client.connector.read_offers(parts, values)


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ('<m:priceEffectiveDate xsi:nil="true"/>', '<m:priceExpiryDate xsi:nil="true"/>', True),
        ("", "", True),
        ("<m:priceEffectiveDate>2020-01-01</m:priceEffectiveDate>", "", True),
        ("", "<m:priceExpiryDate>0001-01-01T00:00:00</m:priceExpiryDate>", True),
        ("", "<m:priceExpiryDate>2024-12-31</m:priceExpiryDate>", False),
        ("<m:priceEffectiveDate>2099-01-01T00:00:00-06:00</m:priceEffectiveDate>", "", False),
    ],
)
def test_price_without_days(start, end, holds):
    """SW+3 SW+6: the standard's schema lets both days be nil; a price without an end holds."""
    given = price((1, "9.5")).partition(b"\r\n\r\n")[2].decode()
    before, _begin, rest = given.partition("<m:priceEffectiveDate>")
    after = rest.partition("</m:priceExpiryDate>")[2]
    space = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
    content = f"{before}{start}{end}{after}".replace("<m:Configuration>", f"<m:Configuration {space}>")
    with supplier(stock=[stock()], price=[http(content.encode())]) as (client, _wires):
        [offer] = ask(client, [("SHIRT:XL-RED", Decimal(30))])
    assert offer.price == (Decimal("9.5") if holds else None)


def test_prices_that_fail():
    """SW+3 SW+6: what the services say is read by a person: no stock for our login is not "offers nothing"."""
    from odoo.addons.supplier_webservice_order.soap.errors import FateUnknownError

    message = "<s:code>105</s:code><s:description>Authentication failed</s:description><s:severity>Error</s:severity>"
    array = f"<s:ServiceMessageArray><s:ServiceMessage>{message}</s:ServiceMessage></s:ServiceMessageArray>"
    refused = answer("stock", "GetInventoryLevelsResponse", array)
    field = "<s:ErrorMessage><s:code>120</s:code><s:description>fobId is required</s:description></s:ErrorMessage>"
    unpriced = answer("price", "GetConfigurationAndPricingResponse", field)
    parts = [("SHIRT:XL-RED", Decimal(30))]
    with supplier(stock=[stock(), refused], price=[unpriced]) as (client, _wires):
        [offer] = client.offers(parts, "USD", lambda message: client.send(*client.render(*message)).value)
        assert (offer.price, offer.note) == (None, "fobId is required")
        with pytest.raises(FateUnknownError) as raised:
            client.offers(parts, "USD", lambda message: client.send(*client.render(*message)).value)
    assert (raised.value.reason, raised.value.detail) == (
        "fault",
        "105: Authentication failed 120: fobId is required",
    )


def test_price_of_a_dozen():
    """SW+3 SW+6: what a dozen costs is not taken for the price of one piece."""
    parts = [("SHIRT:XL-RED", Decimal(30))]
    with supplier(stock=[stock()], price=[price((1, "9.5"), uom="DZ")]) as (client, _wires):
        assert ask(client, parts)[0].price is None
