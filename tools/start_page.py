"""The page that ``make run`` ends on: what there is, where to click first, and the mail that was sent.

The cards come from the addons' manifests and from the line *First click:* of their READMEs; the mails are
those that the mail sink keeps.
"""

import argparse
import email
import email.policy
import html
import logging
import re

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, run_simple
from werkzeug.wrappers import Request, Response

from tools.manifests import read_manifest
from tools.settings import ADDONS_DIR, HOST, HTTP_PORT, MAIL_DIR, START_PORT, our_addons, run_tool
from tools.surfaces import logins

FIRST_CLICK = re.compile(r"^First click: (.+(?:\n(?!\n|[-#|]).+)*)", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((/[^)]*)\)")
#: What a line of a README may hold besides links.
MARKS = ((re.compile(r"\*\*(.+?)\*\*"), "b"), (re.compile(r"\*(.+?)\*"), "i"), (re.compile(r"`(.+?)`"), "code"))
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#222}
main{max-width:70rem;margin:0 auto;padding:1.5rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem}
.card{background:#fff;border:1px solid #dcdfe4;border-radius:8px;padding:1rem}
.card img{width:48px;float:right}.card h2{margin:0 0 .3rem;font-size:1.1rem}
table{border-collapse:collapse;width:100%;background:#fff}
td,th{text-align:left;padding:.4rem .6rem;border:1px solid #dcdfe4}
iframe{width:100%;height:70vh;border:1px solid #dcdfe4;background:#fff}a{color:#5b3f8c}
pre{white-space:pre-wrap;background:#fff;padding:1rem;border:1px solid #dcdfe4}
"""


def page(title, body):
    """Return a page of ours; nothing from another host is loaded, nothing is run."""
    text = (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><style>{STYLE}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>"
    )
    policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-src 'self'"
    return Response(text, mimetype="text/html", headers={"Content-Security-Policy": policy})


class StartPage:
    """WSGI application.

    :param odoo: address of Odoo, which the links lead to
    """

    def __init__(self, odoo, mails=MAIL_DIR):
        self.odoo, self.mails = odoo, mails
        self.routes = Map(
            [
                Rule("/", endpoint=self.show_cards),
                Rule("/icon/<addon>.png", endpoint=self.show_icon),
                Rule("/mail", endpoint=self.list_mails),
                Rule("/mail/<name>", endpoint=self.show_mail),
                Rule("/mail/<name>/body", endpoint=self.show_body),
            ]
        )

    def __call__(self, environ, start_response):
        try:
            endpoint, values = self.routes.bind_to_environ(environ).match()
            response = endpoint(Request(environ), **values)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def show_cards(self, _request):
        """Show a card for each addon that has a story, and the logins."""
        cards = "".join(filter(None, map(self._card, our_addons())))
        rows = "".join(
            f"<tr><td>{login}</td><td>{login}</td><td>{html.escape(role)}</td></tr>" for login, role in logins().items()
        )
        return page(
            "What to try first",
            f"<p><a href='{self.odoo}/odoo'>Odoo</a> · <a href='{self.odoo}/shop'>Web shop</a> · "
            f"<a href='{self.odoo}/my'>Customer's pages</a> · <a href='/mail'>Mail that was sent</a></p>"
            f"<div class='cards'>{cards}</div><h2>Logins</h2>"
            f"<table><tr><th>Login</th><th>Password</th><th>Who</th></tr>{rows}</table>",
        )

    def _card(self, addon):
        readme = ADDONS_DIR / addon / "README.md"
        click = FIRST_CLICK.search(readme.read_text()) if readme.exists() else None
        if not click:
            return ""
        manifest = read_manifest(addon)
        text = LINK.sub(rf"<a href='{self.odoo}\2'>\1</a>", html.escape(" ".join(click[1].split())))
        for mark, tag in MARKS:
            text = mark.sub(rf"<{tag}>\1</{tag}>", text)
        return (
            f"<section class='card'><img src='/icon/{addon}.png' alt=''><h2>{html.escape(manifest['name'])}</h2>"
            f"<p>{html.escape(manifest['summary'])}</p><p><b>First click:</b> {text}</p></section>"
        )

    def show_icon(self, _request, addon):
        """Show an addon's icon."""
        if addon not in our_addons():
            raise NotFound
        return Response((ADDONS_DIR / addon / "static/description/icon.png").read_bytes(), mimetype="image/png")

    def list_mails(self, _request):
        """Show the mails that were sent, newest first."""
        rows = []
        for path in sorted(self.mails.glob("[!.]*.eml"), reverse=True)[:200]:
            mail = self._read(path)
            cells = (mail["X-Envelope-To"] or mail["To"], mail["Subject"], mail["Date"])
            shown = "".join(f"<td>{html.escape(str(cell or ''))}</td>" for cell in cells)
            rows.append(f"<tr>{shown}<td><a href='/mail/{path.name}'>Read</a></td></tr>")
        table = f"<table><tr><th>To</th><th>Subject</th><th>Sent</th><th></th></tr>{''.join(rows)}</table>"
        return page("Mail that was sent", table if rows else "<p>Nothing was sent so far.</p>")

    def show_mail(self, _request, name):
        """Show one mail: who, what, and its text in a frame in which nothing runs."""
        mail = self._read(self._path(name))
        rows = "".join(
            f"<tr><th>{key}</th><td>{html.escape(str(mail[key] or ''))}</td></tr>"
            for key in ("From", "X-Envelope-To", "Reply-To", "Subject", "Date")
        )
        files = "".join(f"<li>{html.escape(part.get_filename() or '')}</li>" for part in mail.iter_attachments())
        return page(
            str(mail["Subject"] or name),
            f"<p><a href='/mail'>All mails</a></p><table>{rows}</table><ul>{files}</ul>"
            f"<iframe sandbox='allow-popups' title='Mail' src='/mail/{name}/body'></iframe>",
        )

    def show_body(self, _request, name):
        """Serve the text of a mail as the frame shows it."""
        part = self._read(self._path(name)).get_body(("html", "plain"))
        text = part.get_content() if part else ""
        if part is None or part.get_content_subtype() != "html":
            text = f"<pre>{html.escape(text)}</pre>"
        policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data: {self.odoo}; sandbox allow-popups"
        headers = {"Content-Security-Policy": policy}
        return Response(f"<base target='_blank'>{text}", mimetype="text/html", headers=headers)

    def _path(self, name):
        path = self.mails / name
        if path.parent != self.mails or path.suffix != ".eml" or not path.exists():
            raise NotFound
        return path

    @staticmethod
    def _read(path):
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=START_PORT)
    parser.add_argument("--odoo", default=f"http://{HOST}:{HTTP_PORT}")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    # browsers keep the session of Odoo by name: links lead to the name that the terminal shows
    odoo = options.odoo.replace(HOST, "localhost")
    run_simple(HOST, options.port, StartPage(odoo), threaded=True)


if __name__ == "__main__":
    run_tool(main)
