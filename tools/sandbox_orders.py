"""The sandbox supplier's memory: orders as files, and what it was told to do with some of them."""

import contextlib
import datetime
import hashlib
import json
import os
import threading
import time
import uuid
from collections import deque
from decimal import Decimal
from pathlib import Path

from tools.sandbox_catalogue import CATALOGUE

BEHAVIOURS = (
    "slow",  # answer after `seconds`
    "timeout",  # book the order, then never answer in time
    "fault",  # refuse with a Fault of the sender, nothing booked
    "server_fault",  # book the order, then a Fault of the receiver
    "html",  # an HTML page with status 200
    "malformed",  # XML that ends in the middle
    "doctype",  # XML with a DOCTYPE and entities
    "duplicate",  # book the order, then claim to have had it before
    "partial",  # accept the first line only
    "reject",  # refuse the whole order in a proper answer
    "approve",  # approve at once
)


class Behaviours:
    """What to do with which order: told over HTTP, or by a word like ``SANDBOX-SLOW`` in the order."""

    def __init__(self):
        self._told = {}
        self._lock = threading.Lock()

    def tell(self, name, *, reference="*", times=1, seconds=5.0, booked=True):
        """Apply a behaviour to the next ``times`` messages about a reference (0: always)."""
        if name not in BEHAVIOURS:
            raise ValueError(f"{name} is none of {', '.join(BEHAVIOURS)}")
        with self._lock:
            self._told[reference] = {"name": name, "times": times, "seconds": seconds, "booked": booked}

    def clear(self):
        """Forget everything told."""
        with self._lock:
            self._told.clear()

    def take(self, order):
        """Return the behaviour for an order, or None."""
        with self._lock:
            for key in (order["reference"], "*"):
                told = self._told.get(key)
                if told:
                    if told["times"] == 1:
                        del self._told[key]
                    elif told["times"]:
                        told["times"] -= 1
                    return dict(told)
        return self._spoken(order)

    @staticmethod
    def _spoken(order):
        words = " ".join((order["reference"], order["note"], *(line["number"] for line in order["lines"]))).upper()
        for name in BEHAVIOURS:
            if "SANDBOX-" + name.upper().replace("_", "-") in words:
                return {"name": name, "times": 0, "seconds": 20.0 if name == "timeout" else 5.0, "booked": True}
        return None


class OrderStore:
    """Orders in a folder, one JSON file each; written completely or not at all.

    :param approval_delay: seconds between booking and approval
    """

    def __init__(self, folder, *, approval_delay=60.0):
        self.folder = Path(folder) / "orders"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.approval_delay = approval_delay
        self.requests = deque(maxlen=2000)

    def _path(self, customer, message_id):
        return self.folder / (hashlib.sha256(f"{customer}|{message_id}".encode()).hexdigest()[:32] + ".json")

    def book(self, order, *, delay=None, outcome=""):
        """Keep an order unless this message is known; return ``(order, whether it was known)``."""
        now = time.time()
        booked = {
            **order,
            "supplier_reference": f"S{hashlib.sha256(order['message_id'].encode()).hexdigest()[:8].upper()}",
            "booked_at": now,
            "approve_at": now + (self.approval_delay if delay is None else delay),
            "outcome": outcome,
        }
        path = self._path(order["customer"], order["message_id"])
        draft = self._write(booked)
        try:
            # a hard link fails where the file exists: two threads, or two servers, book once
            os.link(draft, path)
        except FileExistsError:
            return json.loads(path.read_text()), True
        finally:
            draft.unlink()
        return booked, False

    def _write(self, order):
        draft = self.folder / f".{uuid.uuid4().hex}"
        with draft.open("w") as file:
            json.dump(order, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        return draft

    def find(self, customer, message_id):
        """Return a booked order or None."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads(self._path(customer, message_id).read_text())
        return None

    def all(self):
        """Return every booked order, oldest first."""
        orders = [json.loads(path.read_text()) for path in self.folder.glob("*.json")]
        return sorted(orders, key=lambda order: order["booked_at"])

    def approve(self, reference):
        """Approve the orders with a buyer's reference now; return how many."""
        count = 0
        for order in self.all():
            if order["reference"] == reference:
                draft = self._write({**order, "approve_at": time.time()})
                draft.replace(self._path(order["customer"], order["message_id"]))
                count += 1
        return count

    def clear(self):
        """Forget all orders and requests."""
        for path in self.folder.glob("*.json"):
            path.unlink()
        self.requests.clear()


def answer(order, *, duplicate=False):
    """Return what the supplier says about a booked order at this moment."""
    state = {
        "message_id": order["message_id"],
        "code": "AB",
        "duplicate": duplicate,
        "supplier_reference": order["supplier_reference"],
        "currency": order["currency"],
        "note": "",
        "lines": [],
    }
    if order["outcome"] == "reject":
        return {**state, "code": "RE", "note": "The account is blocked for new orders."}
    if order["outcome"] == "partial":
        first, *others = order["lines"]
        lines = [_confirmed(first), *({"position": line["position"], "status": "rejected"} for line in others)]
        return {**state, "code": "CA", "lines": lines}
    if time.time() < order["approve_at"]:
        return state
    lines = [_line(line) for line in order["lines"]]
    changed = any(line["status"] != "confirmed" for line in lines)
    return {**state, "code": "CA" if changed else "AP", "lines": lines}


def _confirmed(line):
    article = CATALOGUE.get(line["number"])
    price = str(article.price) if article else line["price"] or "10.00"
    return {"position": line["position"], "status": "confirmed", "quantity": line["quantity"], "price": price}


def _line(line):
    article = CATALOGUE.get(line["number"])
    answered = _confirmed(line)
    if not article:
        return answered
    if article.superseded_by:
        return {
            **answered,
            "status": "substituted",
            "substitute": article.superseded_by,
            "note": f"{line['number']} is superseded by {article.superseded_by}.",
        }
    if article.discontinued:
        return {"position": line["position"], "status": "discontinued", "note": "No longer made."}
    if article.lead_days:
        return {**answered, "status": "backordered", "available_on": _in_days(article.lead_days)}
    if Decimal(line["quantity"]) > article.stock:
        return {**answered, "status": "changed", "quantity": str(article.stock)}
    return answered


def offers(parts):
    """Return price and availability for pairs of number and quantity."""
    found = []
    for number, _quantity in parts:
        article = CATALOGUE.get(number)
        if not article:
            found.append({"number": number, "available": "0", "note": "Not in our catalogue."})
            continue
        offer = {"number": number, "available": str(article.stock), "note": ""}
        if not article.discontinued:
            offer["price"] = str(article.price)
        if article.superseded_by:
            offer["substitute"] = article.superseded_by
            offer["available"] = str(CATALOGUE[article.superseded_by].stock)
        if article.lead_days:
            offer["available_on"] = _in_days(article.lead_days)
        found.append(offer)
    return found


def _in_days(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()
