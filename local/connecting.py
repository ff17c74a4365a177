"""`studio connect`: signing in at a network in the browser, with the way back to this terminal."""

import getpass
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from local.client import StudioClient
from local.problems import StudioProblem
from local.report import Report

WAIT_SECONDS = 600

_BACK = (
    b"<!doctype html><meta charset=utf-8><title>Episode Studio</title>"
    b"<p style='font:1.2rem system-ui;margin:4rem'>You can close this page and go back to the terminal.</p>"
)


class WayBack:
    """A page on this machine that the browser is led back to (RFC 8252, 7.3). It takes one answer."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self._came = threading.Event()
        way = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                return

            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                self.send_response(200 if query.get("state") else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                self.end_headers()
                if query.get("state"):
                    self.wfile.write(_BACK)
                    way.told = query
                    way._came.set()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def wait(self, seconds: float) -> dict[str, str]:
        """Return what the browser brought back, {} when it did not come."""
        self._came.wait(seconds)
        return self.told

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def way_back() -> Iterator[WayBack]:
    """Listen while the block runs."""
    way = WayBack()
    try:
        yield way
    finally:
        way.close()


def by_signing_in(
    client: StudioClient, network: str, report: Report, browse: Callable[[str], object], seconds: float = WAIT_SECONDS
) -> list[dict[str, Any]]:
    """Open the network's consent page, wait for the browser to come back, and finish. Raises StudioProblem."""
    with way_back() as way:
        begun = client.post(f"/connections/{network}", {"return_to": way.address})
        report.note("Allow the studio in your browser. If none opens, go there yourself:")
        report.note(begun["authorize_url"])
        browse(begun["authorize_url"])
        told = way.wait(seconds)
    if not told:
        raise StudioProblem("Nobody came back from the browser.", f"./studio connect {network}")
    if told.get("state") != begun["state"]:
        raise StudioProblem("The browser came back with somebody else's sign-in.", f"./studio connect {network}")
    if "code" not in told:
        raise StudioProblem("It was not allowed over there, so nothing is connected.", f"./studio connect {network}")
    finished = {"state": told["state"], "code": told["code"]}
    made: list[dict[str, Any]] = client.post(f"/connections/{network}/finish", finished)["items"]
    return made


def by_key(client: StudioClient, network: str, console: Console) -> list[dict[str, Any]]:
    """Ask for a network's key, unseen, and store it."""
    wanted = {
        "stripe": (("api_key", "Restricted API key (rk_…)"), ("signing_secret", "Webhook signing secret (whsec_…)")),
        "amazon": (("api_key", "Credential id"), ("api_secret", "Credential secret"), ("partner_tag", "Partner tag")),
    }[network]
    key = {}
    for field, label in wanted:
        ask = console.input if field == "partner_tag" else getpass.getpass
        if value := ask(f"{label}: ").strip():
            key[field] = value
    return [client.put(f"/connections/{network}/key", key)]


def page(told: Mapping[str, Any]) -> RenderableType:
    """What is connected, what could be, and what the bots still need."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("Network", "Account", "Status", ""):
        table.add_column(name)
    for network in told["networks"]:
        accounts = [item for item in told["items"] if item["network"] == network["network"]]
        if not accounts:
            how = f"./studio connect {network['network']}" if network["available"] else "not registered by the operator"
            table.add_row(network["label"], "", "[dim]not connected[/]", f"[dim]{how}[/]")
        for item in accounts:
            colour = {"connected": "green", "half": "yellow"}.get(item["status"], "red")
            status = f"[{colour}]{item['status']}[/]"
            table.add_row(network["label"], escape(item["name"]), status, escape(item["problem"]))
    needs = [f"  {name}: {escape(' '.join(wanted))}" for name, wanted in told["needs"].items()]
    return Group(table, *(["", "[dim]What bots still need[/]", *needs] if needs else []))
