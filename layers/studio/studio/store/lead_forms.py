"""Forms that ask for an address: one for each episode, under one public code however often it changes."""

from datetime import datetime
from typing import Literal

from studio.domain.errors import NotFound, Unavailable
from studio.domain.lead import FormCounts, LeadForm, PublishedForm
from studio.store import keys
from studio.store.directory import Directory
from studio.store.table import NEW, THERE, ConditionFailedError, Item, Partition, Write, assign

type Counted = Literal["shown", "asked", "confirmed", "unsubscribed"]

_GONE = "This episode has no form. Have lead-capture-bot draft one, approve it, and publish it."
_TRIES = 5


class LeadForms:
    """One owner's forms. directory: where their codes are found by who has no token."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    def publish(self, form: LeadForm, at: datetime) -> PublishedForm:
        """Host a form. What is hosted already stays as it is, closed or open; another form becomes the next version."""
        sk = keys.lead_form(form.episode_id)
        told = {"form": form.model_dump(mode="json", exclude_none=True), "published_at": at.isoformat(), "open": True}
        for _ in range(_TRIES):
            item = self._partition.get(sk)
            if item is None:
                code = self._directory.open("form", self._partition.owner, form.episode_id)
                write = Write("Put", sk, told | {"code": code, "version": 1, "mail_problem": ""}, condition=NEW)
            elif (there := _form(item)).form == form:
                return there
            else:
                code = ""
                then = told | {"version": there.version + 1}
                write = assign(sk, then, condition="#version = :version", version=there.version)
            try:
                self._partition.write(write)
            except ConditionFailedError:
                # Somebody else published at the same moment.
                if code:
                    self._directory.close("form", code)
                continue
            return self.get(form.episode_id)
        raise Unavailable("Too many changes of one form at the same moment; try again.")

    def find(self, episode_id: str) -> PublishedForm | None:
        """Return an episode's form; None where it has none."""
        item = self._partition.get(keys.lead_form(episode_id))
        return None if item is None else _form(item)

    def get(self, episode_id: str) -> PublishedForm:
        """Return an episode's form. Raises NotFound."""
        found = self.find(episode_id)
        if found is None:
            raise NotFound(_GONE)
        return found

    def page(self, limit: int, cursor: str | None) -> tuple[list[PublishedForm], str | None]:
        """Return the forms of the newest episodes first, and the next cursor."""
        page = self._partition.query(keys.lead_form(), limit=limit, cursor=cursor, newest_first=True)
        return [_form(item) for item in page.items], page.cursor

    def change(self, episode_id: str, *, is_open: bool) -> PublishedForm:
        """Open a form, or close it: to visitors it is not there then. Raises NotFound."""
        self._write(assign(keys.lead_form(episode_id), {"open": is_open}))
        return self.get(episode_id)

    def note_mail(self, episode_id: str, problem: str) -> None:
        """Note why a mail could not be sent, or with nothing that one was. Raises NotFound."""
        self._write(assign(keys.lead_form(episode_id), {"mail_problem": problem[:300]}))

    def count(self, episode_id: str, what: Counted) -> None:
        """Count one more. Raises NotFound."""
        self._write(counted(episode_id, what))

    def _write(self, write: Write) -> None:
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error


def counted(episode_id: str, what: Counted) -> Write:
    """Return the write that counts one more, for a transaction."""
    return Write(
        "Update",
        keys.lead_form(episode_id),
        update=f"ADD {what} :one",
        condition=THERE,
        values={":one": 1},
    )


def _form(item: Item) -> PublishedForm:
    counts = {name: item[name] for name in FormCounts.model_fields if name in item}
    named = {name: item[name] for name in PublishedForm.model_fields if name in item}
    return PublishedForm.model_validate(named | {"counts": counts})
