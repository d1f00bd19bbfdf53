"""Dossiers: messages and their mails, answers that come in, warranties, complaints nobody answered."""

import base64
import email.message
import http.client

from tests.faults.jobs.base import Job
from tests.faults.ledger import Count, tally
from tools.rpc import RpcError

ADDON = "service_dossier"
GUESTS = 6
UNITS = 3
FAILURES = (OSError, ValueError, RpcError, http.client.HTTPException)


class DossierJob(Job):
    """Each message mailed once per reader, each answer kept and told once, each warranty and escalation once."""

    addon = ADDON
    actions = (f"{ADDON}.ir_cron_create_warranties", f"{ADDON}.ir_cron_import_warranties")
    escalating = (f"{ADDON}.ir_cron_escalate_responses",)

    def prepare(self):
        rpc = self.world.rpc()
        self.dossier = rpc.ref(f"{ADDON}.dossier_finished")
        self.partner = rpc.ref(f"{ADDON}.partner_dealer")
        self.product = rpc.ref(f"{ADDON}.product_screen")
        self.author = rpc.call("res.users", "read", [rpc.uid], ["email"])[0]["email"].lower()
        self.world.run(self.actions[0])
        guests = [f"guest{number}@guests.example" for number in range(GUESTS)]
        self._post(rpc, guests, "The base of all answers")
        self.world.run("mail.ir_cron_mail_scheduler_action")
        self.reply_to = self.world.mailbox.wait(1, to=guests[0])[0]["Reply-To"]
        self.guests = guests

    def _post(self, rpc, recipients, subject):
        values = {
            "dossier_id": self.dossier,
            "message_type": "email",
            "recipients": ", ".join(recipients),
            "subject": subject,
            "body": "<p>Text</p>",
        }
        wizard = rpc.call("service.dossier.compose", "create", values)
        rpc.call("service.dossier.compose", "action_send", [wizard])

    def put_in(self, batch, size):
        self.batch, self.acknowledged, self.unsure = batch, [], []
        rpc = self.world.rpc()
        self.number = 0
        for _number in range(size):
            self._write(rpc)
        self.answers = {f"<{batch}-{n}@guests.example>": self.guests[n % GUESTS] for n in range(size)}
        self.delivered = set()
        self.lines = self._put_deliveries_in(rpc, max(size // 3, 1))
        self.tickets = self._put_complaints_in(rpc, size)
        self.listed = self._put_list_in(rpc, size)

    def _write(self, rpc):
        subject = f"sd-{self.batch}-{self.number}"
        self.number += 1
        self.unsure.append(subject)
        self._post(rpc, [f"{subject}-{reader}@readers.example" for reader in "ab"], subject)
        self.acknowledged.append(subject)

    def _put_deliveries_in(self, rpc, number):
        """Make delivered order lines without warranty numbers, behind the back of Odoo."""
        line = (0, 0, {"product_id": self.product, "product_uom_qty": UNITS})
        orders = rpc.call(
            "sale.order", "create", [{"partner_id": self.partner, "order_line": [line]} for _n in range(number)]
        )
        rpc.call("sale.order", "action_confirm", orders)
        lines = rpc.call("sale.order.line", "search", [("order_id", "in", orders)])
        self.world.sql(
            "UPDATE sale_order_line SET qty_delivered = %s, warranty_due = %s WHERE id = ANY(%s)", (UNITS, UNITS, lines)
        )
        return lines

    def _put_list_in(self, rpc, number):
        """Upload a list of old warranties; return their order numbers."""
        rpc.call("res.partner", "write", [self.partner], {"ref": "FAULTS-1"})
        rpc.call("product.product", "write", [self.product], {"default_code": "FAULTS-SCREEN"})
        orders = [f"{self.batch}-OLD-{n}".upper() for n in range(number * 100)]
        text = "customer number;product code;order number\n" + "".join(
            f"FAULTS-1;FAULTS-SCREEN;{order}\n" for order in orders
        )
        content = base64.b64encode(text.encode()).decode()
        record = rpc.call("service.warranty.import", "create", {"file": content, "file_name": "old.csv"})
        rpc.call("service.warranty.import", "action_read", [record])
        rpc.call("service.warranty.import", "action_import", [record])
        return orders

    def _put_complaints_in(self, rpc, number):
        values = {"description": "<p>Late</p>", "dossier_id": self.dossier, "partner_id": self.partner}
        tickets = rpc.call(
            "helpdesk.ticket", "create", [{"name": f"{self.batch} {n}", **values} for n in range(number)]
        )
        self.world.sql(
            "UPDATE helpdesk_ticket SET date_response_deadline = now() - interval '1 day', date_first_response = NULL"
            " WHERE id = ANY(%s)",
            (tickets,),
        )
        return tickets

    def during(self, stop):
        """Write on and take answers in on both servers until ``stop``."""
        while not stop.is_set():
            for server in self.world.ports:
                try:
                    rpc = self.world.rpc(server)
                    self.deliver(rpc, limit=2)
                    if self.number < 40:
                        self._write(rpc)
                except FAILURES:
                    stop.wait(0.3)
            stop.wait(0.2)

    def deliver(self, rpc, limit=1000):
        """Hand the answers in, as a mail server does: again and again, until each is taken."""
        for header, sender in [entry for entry in self.answers.items() if entry[0] not in self.delivered][:limit]:
            answer = email.message.EmailMessage()
            answer["From"], answer["To"], answer["Subject"] = sender, self.reply_to, "Re: The base"
            answer["Message-Id"] = header
            answer.set_content(f"Answer {header.strip('<>')} is this.")
            rpc.call("mail.thread", "message_process", False, answer.as_string())
            self.delivered.add(header)

    def pending(self):
        [(due,)] = self.world.sql("SELECT count(*) FROM sale_order_line WHERE warranty_due <> 0")
        [(late,)] = self.world.sql(
            "SELECT count(*) FROM helpdesk_ticket WHERE id = ANY(%s) AND NOT coalesce(response_escalated, false)",
            (self.tickets,),
        )
        [(lists,)] = self.world.sql("SELECT count(*) FROM service_warranty_import WHERE state IN ('queued', 'running')")
        return due + late + lists + len(self.answers) - len(self.delivered)

    def leap(self):
        self.deliver(self.world.rpc())

    def counts(self, mails):
        kept = [s for (s,) in self.world.sql(
            "SELECT subject FROM service_dossier_message WHERE subject = ANY(%s)", (self.unsure,)
        )]  # fmt: skip
        # what was acknowledged has to be there; what a dying server left unsaid may be there
        messages = dict.fromkeys(self.acknowledged, 1)
        found = {subject: number for subject, number in tally(kept).items() if subject in messages or number > 1}
        readers = {f"{subject}-{reader}@readers.example": 1 for subject in kept for reader in "ab"}
        ours = f"sd-{self.batch}-"
        heads = self.world.sql(
            "SELECT mail_header, count(*) FROM service_dossier_message WHERE mail_header = ANY(%s) GROUP BY 1",
            (list(self.answers),),
        )
        words = {header.strip("<>"): 1 for header in self.answers}
        units = self.world.sql(
            "SELECT sale_line_id, unit, count(*) FROM service_warranty WHERE sale_line_id = ANY(%s) GROUP BY 1, 2",
            (self.lines,),
        )
        listed = self.world.sql(
            "SELECT order_number, count(*) FROM service_warranty WHERE order_number = ANY(%s) GROUP BY 1",
            (self.listed,),
        )
        escalations = self.world.sql(
            "SELECT res_id, count(*) FROM mail_activity WHERE res_model = 'helpdesk.ticket' AND res_id = ANY(%s)"
            " GROUP BY 1",
            (self.tickets,),
        )
        return [
            Count(self.addon, "messages acknowledged", messages, found),
            self.count_mails("mails to readers", readers, mails, lambda to, _s, _t: to if ours in to else None),
            Count(self.addon, "answers taken in", dict.fromkeys(self.answers, 1), dict(heads)),
            self.count_mails("answers told to the author", words, mails, lambda to, _s, t: self._word(to, t, words)),
            Count(
                self.addon,
                "warranty numbers",
                {(line, unit + 1): 1 for line in self.lines for unit in range(UNITS)},
                {(line, unit): number for line, unit, number in units},
            ),
            Count(self.addon, "warranties of a list", dict.fromkeys(self.listed, 1), dict(listed)),
            Count(self.addon, "escalations", dict.fromkeys(self.tickets, 1), dict(escalations)),
        ]

    def _word(self, to, text, words):
        if to != self.author:
            return None
        return next((word for word in words if f"Answer {word} is" in text), None)
