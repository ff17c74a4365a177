"""Sealing: text encrypted for one owner, so that the table alone tells nobody what it was.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits and a key of the owner's own, derived from the stack's
secret by HKDF-SHA256 (RFC 5869). At most 2**32 texts may be sealed under one key, which is more than an owner has.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from studio.domain.errors import Conflict

_FORMAT = "1"
_NONCE_BYTES = 12


class Seal:
    """One owner's. root: the stack's secret."""

    def __init__(self, root: str, owner: str) -> None:
        info = f"episode-studio/sealed/{owner}".encode()
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root.encode()))

    def seal(self, text: str) -> str:
        """Return a text sealed, another one each time."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), _FORMAT.encode())
        return f"{_FORMAT}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises Conflict for what another owner or another key sealed, or what was changed."""
        form, _, data = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(data)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], form.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise Conflict(
                "This address was sealed with another key. See docs/operations.md, “The address key”."
            ) from error
