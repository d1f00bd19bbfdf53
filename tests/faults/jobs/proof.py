"""Proofs: pages to prepare, reminders to send, decisions to tell."""

import time

import psycopg2
import requests

from tests.access_links import access_token
from tests.faults.jobs.base import Job
from tests.faults.ledger import Count
from tests.online_proof.helpers import Shop, make_pdf, shown_on
from tools.rpc import RpcError
from tools.settings import ToolError

ADDON = "online_proof"
PAGES = 6


class ProofJob(Job):
    """Each page once, one reminder per proof that is due, one decision and one mail to each side.

    Comments are told once, in one mail a proof, and the evidence of each decision is checked.
    """

    addon = ADDON
    actions = (f"{ADDON}.ir_cron_prepare",)
    reminding = (f"{ADDON}.ir_cron_remind", f"{ADDON}.ir_cron_check_evidence", f"{ADDON}.ir_cron_tell_comments")

    def prepare(self):
        rpc = self.world.rpc()
        self.company = rpc.call("res.company", "search", [], limit=1)[0]
        self.world.run(self.actions[0])

    def put_in(self, batch, size):
        """A third of the proofs waits for its pages, a third for a reminder, the rest for a decision."""
        self.batch = batch
        rpc = self.world.rpc()
        people = [{"name": f"Proof {batch} {n}", "email": f"op-{batch}-{n}@example.com"} for n in range(size)]
        partners = rpc.call("res.partner", "create", people)
        orders = rpc.call("sale.order", "create", [{"partner_id": partner} for partner in partners])
        proofs = [rpc.call("sale.order", "action_view_proof", [order])["res_id"] for order in orders]
        sent = list(zip(orders, proofs, [p["email"] for p in people], strict=True))[size // 3 :]
        self._send(rpc, sent)
        self.invited = [email for _order, _proof, email in sent]
        self.due, deciding = sent[: len(sent) // 2], sent[len(sent) // 2 :]
        self.undecided = {proof for _order, proof, _email in deciding}
        self.deciding = {proof: email for _order, proof, email in deciding}
        self.names = {
            row["id"]: row["name"]
            for row in rpc.call("online.proof", "read", [proof for _order, proof, _email in deciding], ["name"])
        }
        shop = self._employee()
        self.waiting = proofs[: size // 3]
        self.files = {proof: make_pdf(PAGES + number) for number, proof in enumerate(self.waiting)}
        self.upload(shop)
        self.world.sql(
            "UPDATE online_proof SET next_reminder_date = current_date WHERE id = ANY(%s)",
            ([proof for _order, proof, _email in self.due],),
        )
        self._comment()

    def _comment(self):
        """Let every customer who is reminded have commented some minutes ago."""
        proofs = [proof for _order, proof, _email in self.due]
        self.commented = dict(self.world.sql("SELECT id, name FROM online_proof WHERE id = ANY(%s)", (proofs,)))
        for number in (1, 2):
            self.world.sql(
                "INSERT INTO online_proof_comment (revision_id, proof_id, company_id, page_number, x, y, body,"
                " reviewer_id, author_name, resolved, create_date)"
                " SELECT r.id, r.proof_id, r.company_id, 1, 0.5, 0.5, %s, p.id, p.name, false,"
                " now() AT TIME ZONE 'UTC' - interval '1 hour'"
                " FROM online_proof_revision r JOIN online_proof_reviewer p ON p.proof_id = r.proof_id"
                " WHERE r.proof_id = ANY(%s)",
                (f"Comment {number}", proofs),
            )

    def _employee(self):
        """Return who uploads; after a crash of the database the first answers of a server may be error pages."""
        url, deadline = self.world.rpc().url, time.monotonic() + 60
        while True:
            try:
                return Shop(url, self.world.database)
            except (ValueError, requests.RequestException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def upload(self, shop):
        """Upload the files that the server has not taken yet; return what it answered to refused ones."""
        refused = []
        for proof, content in self.files.items():
            if not self.world.sql("SELECT 1 FROM online_proof_file WHERE proof_id = %s", (proof,)):
                answer = shop.upload(proof, (f"{self.batch}.pdf", content))
                if answer.status_code != 200 or any(each.get("error") for each in answer.json()["results"]):
                    refused.append(answer.text[:200])
        return refused

    def _send(self, rpc, sent):
        shop = self._employee()
        for _order, proof, _email in sent:
            shop.upload(proof, ("one.pdf", make_pdf(1))).raise_for_status()
        self._prepare_pages()
        for order, _proof, _email in sent:
            wizard = rpc.call("online.proof.send", "create", [{"sale_order_id": order}])[0]
            rpc.call("online.proof.send", "action_send", [wizard])

    def _prepare_pages(self):
        """Run the action until all pages are there: after several kills Odoo refuses it once, as timed out."""
        deadline = time.monotonic() + 60
        while self.world.run(self.actions[0]) or self._preparing():
            if time.monotonic() > deadline:
                raise ToolError("The pages of the proofs to send are not prepared after 60 s; see the servers' logs.")
            time.sleep(0.2)

    def _preparing(self):
        [(files,)] = self.world.sql("SELECT count(*) FROM online_proof_file WHERE state = 'preparing'")
        return files

    def decide(self, server="first"):
        """Press *Approve* for every customer whose decision no server has confirmed."""
        [(version,)] = self.world.sql(
            "SELECT coalesce(max(version), 0) FROM online_proof_terms WHERE state = 'published'"
        )
        for proof in sorted(self.undecided):
            [(person,)] = self.world.sql("SELECT id FROM online_proof_reviewer WHERE proof_id = %s", (proof,))
            token = access_token(self.world.sql, "online.proof.reviewer", person)
            [(revision,)] = self.world.sql("SELECT max(id) FROM online_proof_revision WHERE proof_id = %s", (proof,))
            url = f"http://127.0.0.1:{self.world.ports[server]}/proof/{person}"
            session = requests.Session()
            page = session.get(url, params={"access_token": token}, timeout=60).text
            if 'csrf_token: "' not in page:
                continue
            data = {
                "csrf_token": page.split('csrf_token: "')[1].split('"')[0],
                "access_token": token,
                "revision": revision,
                "decision": "approved",
                "terms": version or "",
                "checked": "1",
                **shown_on(page),
            }
            answer = session.post(f"{url}/decide", data=data, allow_redirects=False, timeout=60)
            if answer.status_code == 303:
                self.undecided.discard(proof)

    def during(self, stop):
        while self.undecided and not stop.is_set():
            for server in self.world.ports:
                try:
                    self.decide(server)
                except (requests.RequestException, ToolError, psycopg2.Error, RpcError):
                    time.sleep(0.2)

    def pending(self):
        [(due,)] = self.world.sql(
            "SELECT count(*) FROM online_proof WHERE state = 'sent' AND next_reminder_date <= current_date"
            " AND id = ANY(%s)",
            ([proof for _order, proof, _email in self.due],),
        )
        [(untold,)] = self.world.sql(
            "SELECT count(*) FROM online_proof_comment WHERE date_told IS NULL AND proof_id = ANY(%s)",
            (list(self.commented),),
        )
        [(unchecked,)] = self.world.sql(
            "SELECT count(*) FROM online_proof WHERE date_evidence_checked IS NULL AND id = ANY(%s)",
            (list(self.deciding),),
        )
        return self._preparing() + due + untold + unchecked + len(self.undecided)

    def leap(self):
        self.upload(self._employee())
        self.decide()

    def counts(self, mails):
        pages = self.world.sql(
            "SELECT r.proof_id, p.number, count(a.id) FROM online_proof_page p"
            " JOIN online_proof_revision r ON r.id = p.revision_id LEFT JOIN ir_attachment a ON a.res_id = p.id"
            " AND a.res_model = 'online.proof.page' AND a.res_field = 'preview'"
            " WHERE r.proof_id = ANY(%s) AND p.state = 'ready' GROUP BY 1, 2",
            (self.waiting,),
        )
        wanted = {(p, n + 1): 1 for i, p in enumerate(self.waiting) for n in range(PAGES + i)}
        decisions = self.world.sql(
            "SELECT r.proof_id, count(*) FROM online_proof_decision d JOIN online_proof_revision r"
            " ON r.id = d.revision_id WHERE r.proof_id = ANY(%s) GROUP BY 1",
            (list(self.deciding),),
        )
        invited = dict.fromkeys(self.invited, 1)
        for _order, _proof, email in self.due:
            invited[email] += 1
        for email in self.deciding.values():
            invited[email] += 1
        told = dict.fromkeys(self.names.values(), 1)
        commented = dict.fromkeys(self.commented.values(), 1)
        # once checked and found whole: a broken one makes an activity
        checked = self.world.sql(
            "SELECT p.id, 1 + count(a.id) FROM online_proof p LEFT JOIN mail_activity a"
            " ON a.res_model = 'online.proof' AND a.res_id = p.id AND a.summary ILIKE %s"
            " WHERE p.id = ANY(%s) AND p.date_evidence_checked IS NOT NULL GROUP BY 1",
            ("%%altered%%", list(self.deciding)),
        )
        return [
            Count(self.addon, "pages prepared", wanted, {(p, n): count for p, n, count in pages}),
            Count(self.addon, "decisions", dict.fromkeys(self.deciding, 1), dict(decisions)),
            self.count_mails(
                "invitations, reminders, decisions to customers",
                invited,
                mails,
                lambda to, _subject, _text: to if to in invited else None,
            ),
            self.count_mails("decisions to the shop", told, mails, lambda to, s, t: self._shop_key(to, s, t, told)),
            self.count_mails(
                "comments to the shop", commented, mails, lambda to, s, t: self._shop_key(to, s, t, commented)
            ),
            Count(self.addon, "evidence checked and whole", dict.fromkeys(self.deciding, 1), dict(checked)),
        ]

    @staticmethod
    def _shop_key(to, subject, text, names):
        # nor what the shop is told of mails that were refused
        if to.startswith("op-") or "did not arrive" in f"{subject} {text}":
            return None
        return next((name for name in names if name in subject or name in text), None)
