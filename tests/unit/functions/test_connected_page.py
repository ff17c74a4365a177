"""The page after a network's consent: it says how to finish, and nothing of what its address says."""

from functions.connected import app
from tests.conftest import call, http_event
from tests.unit.memory import MemoryAws


def landed(**query: str) -> tuple[int, str, dict[str, str]]:
    answer = call(app.handler, http_event("GET", "/connections/callback", query=query, headers={"Accept": "text/html"}))
    return answer.status, str(answer.body), answer.headers


def test_the_page_shows_nothing_of_its_address(aws: MemoryAws) -> None:
    status, text, headers = landed(code="<script>alert(1)</script>", state="s" * 30)
    assert status == 200
    assert "script>" not in text
    assert "s" * 30 not in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer", "the code must not travel on"


def test_the_page_is_the_same_whatever_the_address_says(aws: MemoryAws) -> None:
    assert landed()[1] == landed(error="access_denied")[1] == landed(code="c", state="s")[1]
