import base64
import io
import subprocess
import tempfile

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import find_in_path
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from .common import ProofCase, make_blank_pdf, make_pdf

#: A key file as openssl makes it, without a password: its key is X25519, which agrees on secrets and signs nothing.
ONLY_AGREES = (
    "MIIB2QIBAzCCAdIGCSqGSIb3DQEHAaCCAcMEggG/MIIBuzCCATwGCSqGSIb3DQEHAaCCAS0EggEpMIIBJTCCASEGCyqGSIb3DQEM"
    "CgEDoIHqMIHnBgoqhkiG9w0BCRYBoIHYBIHVMIHSMIGFAhQMFJgvRyaZmctwjdQ6Hu+Cpo1AADAFBgMrZXAwDDEKMAgGA1UEAwwB"
    "YTAeFw0yNjExMjkwOTE1MzZaFw0yNjEyMjkwOTE1MzZaMAwxCjAIBgNVBAMMAWIwKjAFBgMrZW4DIQBLwk2wL25yaKZurmBsbqhi"
    "ki7E6aqaW5z6Ds7FdEZmFzAFBgMrZXADQQA3p8LtCCBSSpjh6PQf1dO8OYZGdfeNwpJaKQdk9pj2p35pcuWHLAfubGrlzOFHW4L+"
    "uN0LbeGfOAf8Bq4ZUFMNMSUwIwYJKoZIhvcNAQkVMRYEFGzzCGORuWmNDPlx80rEmJcVXRGoMHkGCSqGSIb3DQEHAaBsBGowaDBm"
    "BgsqhkiG9w0BDAoBAaAwMC4CAQAwBQYDK2VuBCIEICjGj+2kRZOI17afmCw3N++IfLqmU6lt8PNah4x/WvJiMSUwIwYJKoZIhvcN"
    "AQkVMRYEFGzzCGORuWmNDPlx80rEmJcVXRGo"
)


@tagged("post_install", "-at_install")
class TestEvidence(ProofCase):
    """OP+10, OP+5: decisions as a chain, certificates that are signed and stay."""

    def setUp(self):
        super().setUp()
        # tests have no server that wkhtmltopdf could ask; the story in tests/ makes a real one
        page = make_blank_pdf()
        self.patch(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda self, name, ids, data=None: (page, "pdf")
        )

    def decided(self):
        revision = self.send(content=make_pdf(2))
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        return revision

    def test_chain(self):
        """OP+10: each decision carries the digest of the one before."""
        revision = self.decided()
        proof = revision.proof_id
        proof._withdraw(self.reviewer(revision))
        first, second = revision.decision_ids.sorted("number")
        self.assertEqual(second.previous_digest, first.digest)
        self.assertEqual((proof.chain_head, proof.chain_length), (second.digest, 2))
        self.assertEqual(proof._get_evidence_faults(), [])
        self.assertIn(revision.file_ids.checksum, first.record)
        proof.with_user(self.clerk).action_check_evidence()

    def test_altered_in_the_database(self):
        """OP+10: what SQL altered is found by the button and by the scheduled action, and somebody is told."""
        for statement, found in (
            ("UPDATE online_proof_decision SET decided_by = 'Somebody else' WHERE id = %(id)s", "does not say"),
            ("UPDATE online_proof_decision SET date = date - interval '1 day' WHERE id = %(id)s", "does not say"),
            ("UPDATE online_proof_decision SET record = replace(record, 'Bea', 'Eva') WHERE id = %(id)s", "altered"),
            ("DELETE FROM online_proof_decision WHERE id = %(id)s", "missing"),
            ("UPDATE online_proof_file SET checksum = 'a' WHERE revision_id = %(revision)s", "does not say"),
            ("UPDATE online_proof_revision SET number = 7 WHERE id = %(revision)s", "does not say"),
        ):
            with self.subTest(statement):
                savepoint = self.env.cr.savepoint()
                revision = self.decided()
                proof = revision.proof_id
                self.env.flush_all()
                self.env.cr.execute(statement, {"id": revision.decision_ids.id, "revision": revision.id})
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, found):
                    proof.with_user(self.clerk).action_check_evidence()
                proof._check_evidence_each()
                self.assertIn("altered", proof.activity_ids.mapped("summary")[-1])
                savepoint.close(rollback=True)

    def test_altered_terms(self):
        """OP+10: accepted terms that SQL rewrote are found."""
        terms = self.env["online.proof.terms"].create({"body": "<p>Thirty days</p>"})
        terms.action_publish()
        revision = self.send()
        values = {"reviewer": self.reviewer(revision), "channel": "online", "terms_id": terms.id}
        revision.proof_id._decide(revision, "approved", **values)
        self.assertEqual(revision.proof_id._get_evidence_faults(), [])
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE online_proof_terms SET body = \'{"en_US": "<p>At once</p>"}\' WHERE id = %s', terms.ids
        )
        self.assertIn("terms of sale", revision.proof_id._get_evidence_faults()[0])

    def test_signed_certificate(self):
        """OP+5, OP+10: a PDF/A with the record attached; pyHanko and pdfsig verify it, one changed byte is noticed."""
        revision = self.decided()
        content = revision._get_certificate().raw
        self.assertTrue(self.is_intact(content))
        self.assertIn(b"pdfaid:part", content)
        attached = PdfFileReader(io.BytesIO(content)).root["/Names"]["/EmbeddedFiles"]["/Names"][1]
        record = attached["/EF"]["/F"].data.decode()
        self.assertIn(revision.decision_ids.digest, record)
        self.assertIn(revision.file_ids.checksum, record)
        altered = bytearray(content)
        altered[content.index(b"pdfaid:part")] ^= 1
        self.assertFalse(self.is_intact(bytes(altered)))
        self.assertIn("Signature is Valid", self.pdfsig(content))
        self.assertNotIn("Signature is Valid", self.pdfsig(bytes(altered)))

    def is_intact(self, content):
        [embedded] = PdfFileReader(io.BytesIO(content)).embedded_signatures
        status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[embedded.signer_cert]))
        return status.bottom_line

    def pdfsig(self, content):
        """Return what poppler says of a signature; it reads files only."""
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            command = [find_in_path("pdfsig"), file.name]
            return subprocess.run(command, capture_output=True, timeout=60, check=False).stdout.decode()

    def test_certificate_stays(self):
        """OP+5, OP-P3: the certificate of an approved revision is there whatever comes after."""
        first = self.decided()
        certificate = first._get_certificate()
        self.send()
        self.assertEqual((first.state, first._get_certificate()), ("superseded", certificate))
        self.order._action_cancel()
        self.assertEqual(first._get_certificate(), certificate)

    def test_own_key(self):
        """OP+10: the shop signs with a key of its own; a wrong file or password is refused."""
        from ..life import signature

        key = signature.make_key("Own Authority")
        seals = self.env["online.proof.seal"]
        seals._upload(self.company, key, "")
        self.assertEqual(self.is_intact(self.decided()._get_certificate().raw), True)
        agreeing = base64.b64decode(ONLY_AGREES)
        for content, password in ((b"nonsense", "x"), (key[:100], "x"), (agreeing, "")):
            with self.assertRaisesRegex(UserError, "no key file"):
                seals._upload(self.company, content, password)
