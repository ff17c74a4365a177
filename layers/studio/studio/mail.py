"""Mail to one person, through SES's API v2.

Every mail carries a way out that a mail program can take: List-Unsubscribe with one click (RFC 2369, RFC 8058).
SES signs it with the sender's DKIM key where the identity has one, which RFC 8058 asks for.
"""

from email.headerregistry import Address
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from studio.domain.base import Name, Phrase, Text, Value
from studio.domain.contact import MailAddress
from studio.domain.errors import ProviderFailed, ProviderMissing, Throttled, Unavailable

NOT_SET_UP = (
    "Mail is not set up: the operator of this studio has to name a sender in the template's MailFrom "
    "(docs/operations.md, “Mail”)."
)

_PASSING = {"TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"}
_BROKEN = {"InternalFailure", "InternalServiceErrorException", "ServiceUnavailable", "RequestTimeout"}


class Mail(Value):
    """A mail as plain text. from_name: beside the stack's own address. way_out: where one click ends all mail."""

    to: MailAddress
    from_name: Name
    subject: Phrase
    text: Text
    way_out: str


class Mailer:
    """Sends mail from one address. client: SES's v2. sender: empty where the operator has set none up."""

    def __init__(self, client: Any, sender: str) -> None:
        self._client = client
        self._sender = sender

    @property
    def is_set_up(self) -> bool:
        """Whether there is a sender."""
        return bool(self._sender)

    def send(self, mail: Mail) -> None:
        """Send a mail. Raises ProviderMissing without a sender, Throttled and Unavailable for what may pass, and

        ProviderFailed for what SES refuses for good, with its own word for why and without the address.
        """
        if not self._sender:
            raise ProviderMissing(NOT_SET_UP)
        try:
            self._client.send_email(
                FromEmailAddress=_from(mail.from_name, self._sender),
                Destination={"ToAddresses": [mail.to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": mail.text, "Charset": "UTF-8"}},
                        "Headers": [
                            {"Name": "List-Unsubscribe", "Value": f"<{mail.way_out}>"},
                            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                        ],
                    }
                },
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _PASSING:
                raise Throttled("SES asks for patience: too many mails.") from error
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in _BROKEN or status >= 500:
                raise Unavailable("SES is not answering.") from error
            # What SES says beside its code may name the address.
            raise ProviderFailed(f"SES refused the mail ({code}); see docs/operations.md, “Mail”.") from None
        except BotoCoreError as error:
            raise Unavailable("SES is not answering.", sent=True) from error


def _from(name: str, sender: str) -> str:
    """Return a sender with a name, quoted or encoded (RFC 5322, RFC 2047) so that it stays one name."""
    user, _, domain = sender.rpartition("@")
    if name.isascii():
        return str(Address(display_name=name, username=user, domain=domain))
    return formataddr((name, sender), charset="utf-8")
