"""Where a short link may lead, and whose click counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import Url

from studio.domain.link import Target, is_a_person

target = TypeAdapter[str](Target).validate_python


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://shop.example/a?b=c#d", "https://shop.example/a?b=c#d"),
        ("HTTPS://Shop.Example", "https://shop.example/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://shop.example:443/../a", "https://shop.example/a"),
        ("https://shop.example:8443/", "https://shop.example:8443/"),
        ('https://shop.example/"<>', "https://shop.example/%22%3C%3E"),
        ("https://a%2eexample/", "https://a.example/"),
        # A dot-less path that looks like another host stays a path.
        ("https://shop.example//evil.example", "https://shop.example//evil.example"),
    ],
)
def test_a_target_is_kept_as_browsers_understand_it(told: str, kept: str) -> None:
    assert target(told) == kept
    assert target(kept) == kept


@pytest.mark.parametrize(
    "told",
    [
        "",
        "http://shop.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://shop.example",
        "data:text/html,<script>alert(1)</script>",
        "//shop.example",
        "/relative",
        "https:shop.example",
        "https:///shop.example",
        "https:\\\\shop.example",
        "https://shop.example\\@evil.example/",
        "https://user@shop.example/",
        "https://user:password@shop.example/",
        "https://shop.example@evil.example/",
        "https://:@shop.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\ta",
        " https://shop.example/",
        "https://shop.example/ x",
        "https://localhost/",
        "https://ⓛocalhost/",
        "https://api.localhost./",
        "https://router/",
        "https://printer.local/",
        "https://db.internal/",
        "https://1.0.168.192.in-addr.arpa/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://8.8.8.8/",
        "https://shop.example:99999/",
        "https://shop..example/" + "x" * 2000,
        "https://shop.example/\u2028",
    ],
)
def test_a_target_that_could_lead_astray_is_refused(told: str) -> None:
    with pytest.raises(ValidationError):
        target(told)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://a.example", "https://a.example/", "https://@"]))
def test_whatever_is_taken_is_https_plain_ascii_and_on_one_line(text: str, start: str) -> None:
    try:
        kept = target(start + text)
    except ValidationError:
        return
    url = Url(kept)
    assert url.scheme == "https"
    assert url.username is None
    assert kept.isascii()
    assert kept.isprintable()
    assert " " not in kept


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CUBOT = "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize("agent", [FIREFOX, CUBOT])
def test_people_are_people(agent: str) -> None:
    assert is_a_person({"user-agent": agent, "accept": "text/html"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Twitterbot/1.0"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": FIREFOX, "Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": FIREFOX, "Purpose": "prefetch"},
        {"User-Agent": FIREFOX, "X-Moz": "prefetch"},
        {"User-Agent": FIREFOX, "X-Purpose": "preview"},
    ],
)
def test_programs_and_looks_ahead_are_not(headers: dict[str, str]) -> None:
    assert not is_a_person(headers)
