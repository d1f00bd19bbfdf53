"""What the way to a supplier refuses: the last value on each side of a limit, in the addon's own tests."""

import contextlib
import io
import socket
import threading
import time
import zipfile
from unittest.mock import patch

from lxml import etree
from odoo.tests import BaseCase, tagged
from zeep.exceptions import Error as ZeepError

from ..soap import documents, sockets, tls, transport
from ..soap.client import Endpoint, Service
from ..soap.envelopes import read_envelope
from ..soap.errors import FateUnknownError, NotSentError, RefusedError, SoapError
from ..soap.masking import LONGEST_FORM, MASK, excerpt, masked
from ..soap.transport import HttpAnswer, post
from ..soap.trees import MAX_DEPTH, MAX_NODES, read_tree
from .dialects.standard import SUPPLIERS

STANDARD = SUPPLIERS / "standard/supplier_order.wsdl"
SPACE = "urn:supplier-webservice-order:standard:1"
SOAP_11, SOAP_12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"


def envelope(content, header="", space=SOAP_11):
    return f"<e:Envelope xmlns:e='{space}'>{header}<e:Body>{content}</e:Body></e:Envelope>".encode()


HELLO = envelope(f"<TestResponse xmlns='{SPACE}'><text>Hello</text></TestResponse>")


def http(content=HELLO, status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/xml", f"Content-Length: {len(content)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


class WireCase(BaseCase):
    """A server that answers with bytes."""

    @contextlib.contextmanager
    def _serving(self, *answers):
        """Answer each connection with the next of these bytes; yields the address and what was asked."""
        asked = []
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def serve():
                for answer in answers:
                    with contextlib.suppress(OSError), listener.accept()[0] as sock:
                        asked.append(self._receive(sock))
                        sock.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/service", asked

    @staticmethod
    def _receive(sock):
        data = b""
        while b"\r\n\r\n" not in data:
            data += sock.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(next(line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")))
        while len(body) < length:
            body += sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def _refused(self, kind, reason, function, *arguments):
        with self.assertRaises(kind) as caught:
            function(*arguments)
        self.assertIs(type(caught.exception), kind)
        self.assertEqual(caught.exception.reason, reason)
        return caught.exception


@tagged("post_install", "-at_install")
class TestWay(WireCase):
    """SW+8 SW+4: addresses, redirects, sizes."""

    def test_redirects(self):
        """SW+8: followed within the host, never to another one, never round in a circle, and not for ever."""
        with self._serving(http(b"", "307 Moved", "Location: /new"), http()) as (url, asked):
            self.assertEqual(post(b"<a/>", {}, Endpoint(url)).content, HELLO)
            self.assertEqual([each.split()[1] for each in asked], [b"/service", b"/new"])
        for target in ("https://elsewhere.example.com/", "/service", "ftp://127.0.0.1/"):
            with (
                self.subTest(target=target),
                self._serving(http(b"", "301 Moved", f"Location: {target}")) as (url, _asked),
            ):
                error = self._refused(RefusedError, "redirect", post, b"<a/>", {}, Endpoint(url))
                self.assertIn(target, error.detail)
        turns = [http(b"", "302 Moved", f"Location: /{number}") for number in range(transport.MAX_HOPS)]
        with self._serving(*turns) as (url, asked):
            self._refused(RefusedError, "redirect", post, b"<a/>", {}, Endpoint(url))
            self.assertEqual(len(asked), transport.MAX_HOPS)

    def test_addresses(self):
        """SW+4: what is no address of a web server is refused before anything is opened."""
        for url in (
            *("ftp://a.example.com/", "http:///x", "http://a.example.com:0/", "http://a.example.com/a b"),
            *("http://a.example.com/\x00", "http://ü.example.com/", "http://a.example.com:x/", "http://[::1/"),
        ):
            with self.subTest(url=url):
                self._refused(RefusedError, "address", post, b"<a/>", {}, Endpoint(url))
        self.assertEqual(transport._parse("http://a.example.com/!x").path, "/!x")

    def test_size(self):
        """SW+8: an answer of the largest size is read, one byte more is too many, one less than announced too few."""
        with patch.object(transport, "MAX_RESPONSE_BYTES", 1000):
            with self._serving(http(b"x" * 1000)) as (url, _asked):
                self.assertEqual(len(post(b"<a/>", {}, Endpoint(url)).content), 1000)
            with self._serving(http(b"x" * 1001)) as (url, _asked):
                self._refused(FateUnknownError, "too_large", post, b"<a/>", {}, Endpoint(url))
        with self._serving(http(b"x" * 100)[:-1]) as (url, _asked):
            self._refused(FateUnknownError, "not_http", post, b"<a/>", {}, Endpoint(url))

    def test_inner_hosts(self):
        """SEC-10: where only public addresses are allowed, none of this machine is reached, by a proxy neither."""
        with self._serving(http()) as (url, asked):
            self._refused(RefusedError, "private_address", post, b"<a/>", {}, Endpoint(url, public_only=True))
            self.assertFalse(asked)
            post(b"<a/>", {}, Endpoint(url, public_only=True, inner_hosts=("127.0.0.0/8",)))
        with (
            self._serving(http()) as (url, asked),
            patch.dict("os.environ", {"http_proxy": url, "no_proxy": ""}),
            patch.object(sockets, "resolve", lambda *_args: [(None, None, None, "", ("10.0.0.7", 80))]),
        ):
            inner = Endpoint("http://inner.example.com/", public_only=True)
            self._refused(RefusedError, "private_address", post, b"<a/>", {}, inner)

    def test_names(self):
        """SW+8: a name that leads nowhere, or not in time, is told apart from a host that does not answer."""
        with patch.object(socket, "getaddrinfo", side_effect=OSError("no such name")):
            self._refused(NotSentError, "unknown_host", sockets.resolve, "none.example.com", 80, sockets.Deadline(20))
        with patch.object(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(0.5)):
            self._refused(NotSentError, "unknown_host", sockets.resolve, "slow.example.com", 80, sockets.Deadline(0.05))
        with patch.object(time, "monotonic", lambda: 100.0):
            deadline = sockets.Deadline(5)
            self.assertEqual(deadline.remaining(), 5)
            self.assertEqual(deadline.within(2).remaining(), 2)
            self.assertEqual(deadline.within(9).remaining(), 5)
            with self.assertRaises(TimeoutError):
                sockets.Deadline(0).remaining()

    def test_reset_before_the_answer(self):
        """SW+7: a server that closes at once says nothing about what became of the message."""
        with patch.object(transport._Connection, "request", side_effect=ConnectionResetError):
            with self._serving(b"") as (url, _asked), self.assertRaises(SoapError) as caught:
                post(b"<a/>", {}, Endpoint(url, read_timeout=1))
            self.assertIsInstance(caught.exception, FateUnknownError)

    def test_settings_are_kept(self):
        """SW+8: the settings for TLS are made once, and the oldest go where there are too many."""
        with (
            patch.object(tls, "_contexts", {}),
            patch.object(tls, "MAX_CONTEXTS", 2),
            patch.object(tls, "_make_context"),
        ):
            for word in ("a", "b", "c"):
                tls.get_context(key_password=word)
                self.assertLessEqual(len(tls._contexts), 2)
            self.assertEqual([key[2] for key in tls._contexts], ["b", "c"])

    def test_certificate_without_its_key(self):
        """SW+4: a file without key or certificate is refused in words."""
        for found in ((None, "certificate", ()), ("key", None, ())):
            with (
                patch.object(tls.pkcs12, "load_key_and_certificates", lambda *_args, found=found: found),
                self.assertRaises(tls.CertificateError) as caught,
            ):
                tls.get_context(certificate=b"p12", key_password=str(found))
            self.assertIn("missing", str(caught.exception))


@tagged("post_install", "-at_install")
class TestAnswersOnTheWire(WireCase):
    """SW+7 SW+4: what is taken for an answer."""

    def _read(self, content, status=200, strict=True, **headers):
        return read_envelope(
            HttpAnswer(status, content, {name.replace("_", "-"): value for name, value in headers.items()}),
            strict=strict,
        )

    def test_no_envelopes(self):
        """SW+7: pages, fragments and other documents are named as what they are."""
        for content, reason in (
            (b"<!DOCTYPE html><html><body>Welcome</body></html>", "html"),
            (b"<html><title>Maintenance</title></html>", "html"),
            (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
            (b"<p>Moved", "malformed"),
            (b"", "malformed"),
            (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "doctype"),
            (b"<!DOCTYPE HtMl><x/>", "html"),
            (b"<order/>", "not_soap"),
            (b"<HTML/>", "html"),
        ):
            with self.subTest(content=content):
                kind = "text/html" if reason == "html" else "text/xml"
                self._refused(FateUnknownError, reason, lambda c=content, k=kind: self._read(c, Content_Type=k))
        self._refused(FateUnknownError, "not_soap", lambda: self._read(b"<html/>".replace(b"html", b"htmlx")))

    def test_codes_of_http(self):
        """SW+7: 4xx refuses, but 408 and 409; anything else leaves open what was done."""
        for status, kind in (
            (399, FateUnknownError), (400, RefusedError), (499, RefusedError), (500, FateUnknownError),
            (408, FateUnknownError), (409, FateUnknownError), (429, NotSentError), (401, RefusedError),
        ):  # fmt: skip
            with self.subTest(status=status), self.assertRaises(kind) as caught:
                self._read(b"nothing", status)
            self.assertIs(type(caught.exception), kind)

    def test_charsets(self):
        """SW+8 SW+4: the charset of the header counts; one that is none, or takes for ever, is not tried."""
        plain = envelope("<a>é</a>")
        latin = plain.decode().encode("latin-1")
        self.assertEqual(self._read(plain).findtext(".//a"), "é")
        self.assertEqual(self._read(latin, Content_Type="text/xml; charset=ISO-8859-1").findtext(".//a"), "é")
        for name in ("punycode", "idna", "no-such-charset"):
            self._refused(
                FateUnknownError, "malformed", lambda n=name: self._read(HELLO, Content_Type=f"text/xml; charset={n}")
            )

    def test_headers(self):
        """SW+5: a header that has to be understood, and is not, makes an answer unusable, unless that is tolerated."""

        def block(demand, space="urn:x"):
            return f"<e:Header><x:Deal xmlns:x='{space}' e:mustUnderstand='{demand}'/></e:Header>"

        self._refused(FateUnknownError, "header", lambda: self._read(envelope("", block(1))))
        self._read(envelope("", block(1)), strict=False)
        self._read(envelope("", block(0)))
        self._read(envelope("", block(1, "http://www.w3.org/2005/08/addressing")))

    def test_parts(self):
        """SW+8: parts up to the size of an answer are put where they belong; not more."""
        include = "<x><i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:p'/></x>"
        content = (
            b"--b\r\nContent-Type: text/xml\r\n\r\n"
            + envelope(include * 2)
            + b"\r\n--b\r\nContent-ID: <p>\r\n\r\nabcd\r\n--b--"
        )
        kind = 'multipart/related; boundary="b"'
        with patch("odoo.addons.supplier_webservice_order.soap.envelopes.MAX_RESPONSE_BYTES", 8):
            self.assertEqual([each.text for each in self._read(content, Content_Type=kind).iter("x")], ["YWJjZA=="] * 2)
        with patch("odoo.addons.supplier_webservice_order.soap.envelopes.MAX_RESPONSE_BYTES", 7):
            self._refused(FateUnknownError, "too_large", lambda: self._read(content, Content_Type=kind))

    def _call(self, content, status="200 OK", raw=False, **values):
        service = Service(STANDARD, raw=raw)
        payload = service.render("Test", {"customerNumber": "C-1"})
        with self._serving(http(content, status)) as (url, _asked):
            return service.call("Test", payload, Endpoint(url, **values))

    def test_answers_to_something_else(self):
        """SW+7: the answer to another question, none at all, or a document with an error's status is no answer."""
        self.assertEqual(self._call(HELLO).value, "Hello")
        other = envelope(f"<PlaceOrderResponse xmlns='{SPACE}'/>")
        for content, status in (
            (other, "200 OK"),
            (envelope(""), "200 OK"),
            (HELLO, "300 Choose"),
            (HELLO, "500 Error"),
        ):
            with self.subTest(status=status):
                self._refused(FateUnknownError, "unreadable", lambda c=content, s=status: self._call(c, s))
        # element by element, nobody but this would notice that it is the answer to something else
        self._refused(FateUnknownError, "unreadable", lambda: self._call(other, raw=True))
        empty = envelope(f"<TestResponse xmlns='{SPACE}'/>")
        self._refused(FateUnknownError, "unreadable", lambda: self._call(empty, strict=False))
        self.assertEqual(self._call(HELLO, "299 Fine").value, "Hello")
        fault = envelope("<e:Fault><faultcode>e:Server</faultcode><faultstring>Why</faultstring></e:Fault>")
        self._refused(FateUnknownError, "fault", lambda: self._call(fault, "500 Error"))
        twelve = envelope("<e:Fault><e:Reason><e:Text>Old</e:Text></e:Reason></e:Fault>", space=SOAP_12)
        self.assertEqual(
            self._refused(FateUnknownError, "fault", lambda: self._call(twelve, "500 Error")).detail, "Old"
        )


@tagged("post_install", "-at_install")
class TestDocuments(BaseCase):
    """SW+4 SW+5: what of a WSDL is read."""

    def _zip(self, **files):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return target.getvalue()

    def _upload(self, **more):
        files = {path.name: path.read_bytes() for path in STANDARD.parent.iterdir()}
        return self._zip(**files, **more)

    def test_limits_of_an_upload(self):
        """SW+4: as many files, and as many bytes, as are allowed; one more is too many."""
        count = len(list(STANDARD.parent.iterdir()))
        size = sum(path.stat().st_size for path in STANDARD.parent.iterdir())
        for name, limit in (("MAX_FILES", count), ("MAX_UNPACKED", size)):
            with self.subTest(name=name):
                with patch.object(documents, name, limit):
                    self.assertTrue(documents._parse_upload(self._upload()))
                with patch.object(documents, name, limit - 1), self.assertRaises(ZeepError):
                    documents._parse_upload(self._upload())

    def test_what_is_no_wsdl(self):
        """SW+4: archives without a WSDL, broken ones, and documents that lead out of themselves are refused."""
        broken = bytearray(self._upload())
        broken[40:60] = b"x" * 20
        elsewhere = STANDARD.read_bytes().replace(b"supplier_order.xsd", b"/etc/passwd")
        for content in (self._zip(a="<a/>"), bytes(broken), elsewhere, self._zip(**{"a.wsdl": elsewhere}), b"text"):
            with self.assertRaises(ZeepError):
                documents.load_documents(content)
        with self.assertRaisesRegex(ZeepError, "outside"):
            documents._FolderTransport(STANDARD.parent).load("/etc/passwd")
        with self.assertRaisesRegex(ZeepError, "not part"):
            documents._UploadTransport({"a/x.xsd": b"1", "b/x.xsd": b"2"}).load("/upload/x.xsd")

    def test_no_soap(self):
        """SW+5: a WSDL without a SOAP binding says so."""
        plain = b"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>"
        with self.assertRaises(ZeepError):
            documents.load_documents(plain)

    def test_kept_documents(self):
        """SW+8: parsed documents are kept, so many of them and no more."""
        with patch.object(documents, "_documents", {}), patch.object(documents, "MAX_DOCUMENTS", 2):
            for number in range(3):
                documents.load_documents(self._upload(**{f"n{number}.txt": "x"}))
                self.assertLessEqual(len(documents._documents), 2)
            self.assertEqual(len(documents._documents), 2)

    def test_trees(self):
        """SW+5: a schema that contains itself is shown to a depth, and one that never ends not at all."""
        schema = (
            '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema" '
            'xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:t" targetNamespace="urn:t"><types>'
            '<x:schema targetNamespace="urn:t">{types}<x:element name="In" type="t:T0"/><x:element name="Out"/>'
            "</x:schema>"
            '</types><message name="i"><part name="p" element="t:In"/></message><message name="o"><part name="p" '
            'element="t:Out"/></message><portType name="P"><operation name="Do"><input message="t:i"/><output '
            'message="t:o"/></operation></portType><binding name="B" type="t:P"><s:binding '
            'transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Do"><input><s:body use="literal"/>'
            "</input>"
            '<output><s:body use="literal"/></output></operation></binding></definitions>'
        )

        def tree(types):
            [document] = documents.load_documents(schema.format(types=types).encode())
            return read_tree(documents.soap_bindings(document)[0].get("Do").input)

        def nested(number, last=False):
            inner = "" if last else f'<x:element name="e{number}" type="t:T{number + 1}"/>'
            return f'<x:complexType name="T{number}"><x:sequence>{inner}</x:sequence></x:complexType>'

        deep = "".join(nested(number, number == 30) for number in range(31))
        self.assertEqual(max(node.depth for node in tree(deep)), MAX_DEPTH)

        def wide(count):
            elements = "".join(f'<x:element name="e{number}" type="x:string"/>' for number in range(count))
            return f'<x:complexType name="T0"><x:sequence>{elements}</x:sequence></x:complexType>'

        self.assertEqual(len(tree(wide(MAX_NODES))), MAX_NODES)
        with self.assertRaises(ZeepError):
            tree(wide(MAX_NODES + 1))


@tagged("post_install", "-at_install")
class TestMasks(BaseCase):
    """SW+4: what is masked, to the last character."""

    def test_lengths(self):
        """SW+4: a secret of three characters is masked, two would blank out half of the message; texts end whole."""
        self.assertEqual(masked("abc ab", ("abc", "ab")), f"{MASK} ab")
        self.assertEqual(excerpt("x" * 10, ("abc",), 10, more="…"), "x" * 10)
        self.assertEqual(excerpt("x" * 11, ("abc",), 10, more="…"), "x" * 10 + "…")
        margin = 2 * 10 + LONGEST_FORM * 3
        self.assertEqual(excerpt("abc" * 30, ("abc",), 10), (MASK * 30)[:10])
        for length in (margin - 1, margin, margin + 1):
            self.assertEqual(excerpt("x" * length, ("abc",), 10, more="…"), "x" * 10 + "…")

    def test_elements(self):
        """SW+4: a password is masked by its element's name, whatever it is."""
        from ..soap.masking import readable

        shown = readable(b"<a token='geheim'><Password>geheim</Password><UsernameToken/></a>")
        self.assertNotIn("geheim", shown)
        self.assertEqual(len(list(etree.fromstring(shown))), 2)
