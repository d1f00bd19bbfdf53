"""An attacker's HTTP client: honest calls of the table's routes, and what can be done to them."""

import re
from urllib.parse import quote, urljoin, urlsplit

import requests

#: refusals that a JSON-RPC answer may name
REFUSALS = re.compile(r"(werkzeug\.exceptions|odoo\.exceptions)\.\w+|odoo\.http\.SessionExpiredException")
TRACEBACK = "Traceback (most recent call last)"


class Visitor:
    """A browser session of one of the logins, or of nobody."""

    def __init__(self, target, login="nobody"):
        self.target, self.login = target, login
        self.session = requests.Session()
        if login != "nobody":
            answer = self.session.post(
                f"{target.url}/web/session/authenticate",
                json={"params": {"db": "e2e_hostile", "login": f"h_{login}", "password": f"h_{login}"}},
                timeout=60,
            ).json()
            assert answer.get("result", {}).get("uid"), f"{login} cannot log in"
        page = "/web/login" if login == "nobody" else "/my/status-mails"
        self.csrf = re.search(r'csrf_token: "([^"]+)"', self.session.get(target.url + page, timeout=60).text)[1]

    def call(self, route, values=None, *, path=None, method=None, csrf=True, files=None, side="a", headers=None):
        """Call a route as the table says, with some parameters replaced.

        :param values: replacements of parameters; ``None`` leaves one out
        :param path: replacements in the path, raw text
        :param files: ``[(field, (name, content))]``
        """
        url = self.target.url + self.address(route, path, side)
        sent = {**fill(self.target, route.values, side), **(values or {})}
        sent = {key: value for key, value in sent.items() if value is not None}
        method = method or route.verb
        if route.kind == "jsonrpc":
            return self.request(method, url, json={"jsonrpc": "2.0", "id": 1, "params": sent}, headers=headers)
        if method in ("GET", "HEAD"):
            return self.request(method, url, params=sent, headers=headers)
        if route.csrf and csrf:
            sent["csrf_token"] = self.csrf
        return self.request(method, url, data=sent, files=files, headers=headers)

    def request(self, method, url, **options):
        """Send a request, without following redirects."""
        return self.session.request(method, url, timeout=60, allow_redirects=False, **options)

    def address(self, route, path=None, side="a"):
        """Return the path of a route with its parameters filled in."""
        known = {name: quote(str(value), safe="") for name, value in fill(self.target, route.path, side).items()}
        known |= path or {}
        return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: known[match[1]], route.rule)


def fill(target, names, side="a"):
    """Return the parameters of the table with the seeded values of one side."""
    world = target.world[side]
    return {
        key: (
            fill(target, name, side) if isinstance(name, dict) else (name[1:] if name.startswith("=") else world[name])
        )
        for key, name in names.items()
    }


def opened(visitor, route, answer):
    """Return whether an honest call got what it asked for, or was led to a page that complains of nothing."""
    if answer.status_code in (302, 303) and (route.writes or route.leads):
        target = urljoin(answer.url, answer.headers["Location"])
        if urlsplit(target).path in ("/", "/my", "/web/login"):
            return False
        answer = visitor.request("GET", target)
        return answer.status_code == 200 and 'class="alert alert-danger"' not in answer.text
    return not refused(route, answer)


def problem(route, answer):
    """Return what is wrong with an answer to a hostile request, or an empty string."""
    busy = answer.status_code == 503 and "Retry-After" in answer.headers
    if answer.status_code >= 500 and not busy:
        return f"status {answer.status_code}"
    # a HEAD has no body
    json_answer = answer.content and answer.headers.get("Content-Type", "").startswith("application/json")
    if json_answer and route.kind == "jsonrpc":
        error = answer.json().get("error")
        name = error and error["data"]["name"]
        # Odoo sends the traceback of a refusal to JSON-RPC callers; what is no refusal is a crash
        return f"crash: {name}: {error['data']['message']}" if error and not REFUSALS.fullmatch(name) else ""
    if TRACEBACK in answer.text:
        return "a traceback in the answer"
    return ""


def refused(route, answer):
    """Return whether a request was turned away."""
    if answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json"):
        return "error" in answer.json()
    return answer.status_code >= 300
