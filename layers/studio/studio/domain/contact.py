"""Mail addresses: which ones are taken, and how one is known again."""

import re
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 254
"""RFC 5321, 4.5.3.1: a path has 256 octets with its brackets."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def _mail_address(text: str) -> str:
    """Return an address as it is sent to, its domain in ASCII. Raises ValueError with the sentence to show.

    Quoted local parts, comments and addresses in brackets are legal and nobody's: they are not taken.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii").lower() if domain else ""
    except UnicodeError:
        host = ""
    labels = host.split(".")
    if (
        not at
        or len(local) > 64
        or not _LOCAL.fullmatch(local)
        or len(labels) < 2
        or labels[-1].isdigit()
        or not all(_LABEL.fullmatch(label) for label in labels)
        or len(local) + 1 + len(host) > LONGEST
    ):
        raise ValueError("must be a mail address, such as name@example.com")
    return f"{local}@{host}"


MailAddress = Annotated[str, AfterValidator(_mail_address)]
"""An address that mail can be sent to: one line of ASCII, without a name beside it."""


def known_as(address: str) -> str:
    """Return what an address is known again by: letter case makes no other person."""
    return address.casefold()
