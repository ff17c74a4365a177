"""A hosted form for tests, and people who fill it in: what is handed to sign-up is done at once."""

import html
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.forms import app as forms
from functions.leads import app as leads
from functions.sign_up import app as sign_up
from functions.subscriptions import app as subscriptions
from studio.domain.lead import LeadForm
from studio.entry import Settings, Studio
from tests.conftest import Answer, Clock, Context, call, http_event, public_event
from tests.unit.made import stored
from tests.unit.memory import ADDRESS, MemoryAws, MemoryLambda, MemoryMail

FORM = "application/x-www-form-urlencoded"
BROWSER = {"Accept": "text/html,*/*", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
IDIL = "Idil@example.com"
CONSENT = "I agree that Say Walahi may write to me."


class Door:
    """Amina's form, and what can be done at it."""

    def __init__(self, aws: MemoryAws, clock: Clock, owner: str = "amina", **words: Any) -> None:
        self.aws = aws
        self.clock = clock
        self.studio = Studio.opened_for(owner)
        self.episode_id = stored(self.studio).episode_id
        told = {"language": "en", "headline": "Who read it?", "offer": "A mail when it is out.", "consent": CONSENT}
        form = LeadForm.model_validate({"episode_id": self.episode_id, "from_name": "Say Walahi"} | told | words)
        self.code = self.studio.lead_forms.publish(form, clock()).code

    @property
    def mails(self) -> list[dict[str, Any]]:
        """What was mailed, as SES was asked."""
        client: MemoryMail = self.aws.services["sesv2"]
        return client.sent

    def show(self, headers: dict[str, str] | None = None, query: str = "", **more: Any) -> Answer:
        """Look at the form, as a browser does where nothing else is said."""
        return call(forms.handler, self._event("GET", None, headers or BROWSER, query, **more))

    def started(self) -> str:
        """Return what the form carries as proof of when it was shown."""
        return html.unescape(re.findall(r'name="started" value="([^"]*)"', self.show().body)[0])

    def send(
        self,
        email: str = IDIL,
        *,
        after: float = 5,
        query: str = "",
        as_json: bool = False,
        works: bool = True,
        address: str = "203.0.113.7",
        **fields: Any,
    ) -> Answer:
        """Fill the form in and send it, and have sign-up do what it is handed."""
        told = {"email": email, "consent": "yes", "started": self.started()} | fields
        told = {name: value for name, value in told.items() if value is not None}
        self.clock.at += timedelta(seconds=after)
        kind = "application/json" if as_json else FORM
        headers = (BROWSER if not as_json else {"Accept": "application/json"}) | {"Content-Type": kind}
        body = json.dumps(told) if as_json else urlencode(told, errors="surrogatepass")
        answer = call(forms.handler, self._event("POST", body, headers, query, address=address))
        if works:
            self.work()
        return answer

    def work(self) -> list[str]:
        """Do what waits, and return what became of it."""
        client: MemoryLambda = self.aws.services["lambda"]
        waiting, client.invoked[:] = list(client.invoked), []
        return [sign_up.handler(json.loads(one["Payload"]), Context())["outcome"] for one in waiting]

    def links(self, mail: int = -1) -> tuple[str, str]:
        """Return the two paths in a mail: to confirm, and to leave."""
        text = self.mails[mail]["Content"]["Simple"]["Body"]["Text"]["Data"]
        confirm, leave = re.findall(re.escape(ADDRESS) + r"(/(?:confirm|unsubscribe)/[a-z2-7]+)", text)
        return confirm, leave

    def press(self, path: str, method: str = "POST", body: str | None = None, **headers: str) -> Answer:
        """Follow a mail's link, or press the button behind it."""
        sent = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
        return call(subscriptions.handler, public_event(method, path, body, headers=sent))

    def joined(self, email: str = IDIL, **more: Any) -> str:
        """Sign somebody up and confirm it, and return the path with which they leave."""
        self.send(email, **more)
        confirm, leave = self.links()
        assert self.press(confirm).status == 200
        return leave

    def owner(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Call the owner's own routes."""
        return call(leads.handler, http_event(method, path, body, **{"owner": self.studio.owner} | more))

    def counts(self) -> dict[str, int]:
        """Return the form's counts but for who only saw it."""
        return self.studio.lead_forms.get(self.episode_id).counts.model_dump(exclude={"shown"})

    def _event(self, method: str, body: str | None, headers: dict[str, str], query: str, **more: Any) -> dict[str, Any]:
        event = public_event(method, f"/forms/{self.code}", body, headers=headers, **more)
        event["queryStringParameters"] = {"c": query} if query else None
        event["multiValueQueryStringParameters"] = {"c": [query]} if query else None
        return event


def with_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Have every studio that is opened go by one clock."""

    def opened_for(owner: str, take: int | None = None) -> Studio:
        return Studio(owner, Settings.from_environment(), take, clock=clock)

    monkeypatch.setattr(Studio, "opened_for", opened_for)
    monkeypatch.setenv("SIGN_UP_FUNCTION", "studio-sign-up:live")
