"""Signing up: a form that tells nothing of who is known, a mail first, and a record of what was agreed to."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import policy
from email.parser import HeaderParser
from typing import Any

import pytest

from functions.forms import app as forms
from functions.links import app as links
from functions.sign_up import app as sign_up
from studio.domain.audience import AudienceEvent
from studio.domain.errors import Conflict, Throttled, Unavailable
from studio.domain.lead import LeadStatus
from studio.entry import Studio
from tests.conftest import Answer, Clock, Context, call, http_event, public_event
from tests.unit.memory import ADDRESS, MemoryAws, refused
from tests.unit.signing_up import BROWSER, CONSENT, FORM, IDIL, Door, with_clock

HOSTILE = '"><script>alert(1)</script>{from_name}'


@pytest.fixture
def clock(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    with_clock(monkeypatch, clock)
    return clock


@pytest.fixture
def door(aws: MemoryAws, clock: Clock) -> Door:
    return Door(aws, clock)


def events(door: Door) -> list[AudienceEvent]:
    at = door.clock()
    return list(door.studio.events.between(at - timedelta(days=9), at + timedelta(days=9)))


def table(door: Door) -> str:
    return str(door.aws.services["dynamodb"].items)


# -- the way in


def test_who_signs_up_is_on_the_list_only_once_they_confirmed(door: Door) -> None:
    answer = door.send()
    assert answer.status == 200
    assert "Look into your inbox" in answer.body
    assert door.owner("GET", "/leads").body["items"][0]["status"] == "pending"
    confirm, _ = door.links()
    shown = door.press(confirm, "GET")
    assert (shown.status, CONSENT in shown.body, "<button>" in shown.body) == (200, True, True)
    assert "form-action 'self'" in shown.headers["Content-Security-Policy"]
    # A mail scanner opened it: nothing happened.
    assert door.counts() == {"asked": 1, "confirmed": 0, "unsubscribed": 0}
    assert "You are on the list" in door.press(confirm).body
    assert door.counts() == {"asked": 1, "confirmed": 1, "unsubscribed": 0}
    [lead] = door.owner("GET", "/leads").body["items"]
    assert (lead["email"], lead["status"]) == (IDIL, "confirmed")


def test_what_was_agreed_to_is_recorded_with_its_words_and_time_and_never_changed(door: Door) -> None:
    door.joined()
    [record] = door.studio.leads.consents(door.studio.contact(IDIL))
    assert (record.text, record.at, record.form_version) == (CONSENT, door.clock(), 1)
    assert record.text_hash == door.studio.lead_forms.get(door.episode_id).form.consent_hash
    assert "203.0.113.7" not in table(door)
    # The form says something else now; they agreed to what they had read.
    form = door.studio.lead_forms.get(door.episode_id).form
    door.send("second@example.com")
    door.studio.lead_forms.publish(form.model_copy(update={"consent": "Something else."}), door.clock())
    door.press(door.links()[0])
    [other] = door.studio.leads.consents(door.studio.contact("second@example.com"))
    assert (other.text, other.form_version) == (CONSENT, 1)


def test_a_confirmed_lead_is_an_event_with_the_tags_of_the_link_that_led_there(door: Door) -> None:
    tags = {"target": "https://shop.example/", "channel": "tiktok", "variant": "B", "episode_id": door.episode_id}
    code = call(links.handler, http_event("POST", "/links", tags)).body["code"]
    door.joined(query=code)
    [event] = events(door)
    assert (event.stage, event.source, event.episode_id) == ("lead", "form", door.episode_id)
    assert (event.channel, event.variant, event.link) == ("tiktok", "B", code)
    assert event.visitor == door.studio.visitor(IDIL)
    assert "idil" not in str(event).casefold()


@pytest.mark.parametrize("code", ["", "nonsense", "{'$ne': 1}", "of somebody else"])
def test_a_code_that_is_none_of_the_owners_says_nothing(door: Door, code: str) -> None:
    if code == "of somebody else":
        made = call(
            links.handler, http_event("POST", "/links", {"target": "https://x.example/", "variant": "Z"}, owner="bilan")
        )
        code = made.body["code"]
    door.joined(query=code)
    [event] = events(door)
    assert (event.channel, event.variant, event.link) == ("site", None, None)


def test_programs_may_sign_up_in_json_when_they_wait_as_people_do(door: Door) -> None:
    shown = door.show({"Accept": "application/json"})
    assert shown.body == {
        "headline": "Who read it?",
        "offer": "A mail when it is out.",
        "consent": CONSENT,
        "from_name": "Say Walahi",
        "privacy_url": None,
        "language": "en",
        "started": shown.body["started"],
    }
    answer = door.send(as_json=True, consent=True)
    assert answer.body["accepted"] is True
    assert len(door.mails) == 1


# -- enumeration


@pytest.mark.parametrize("known", ["nobody", "pending", "confirmed", "left", "erased", "mailed often"])
@pytest.mark.parametrize("as_json", [False, True])
def test_the_answer_is_the_same_after_the_same_work_whoever_is_known(door: Door, known: str, as_json: bool) -> None:
    if known == "pending":
        door.send()
    elif known != "nobody":
        leave = door.joined()
        if known == "left":
            door.press(leave)
        elif known == "erased":
            door.owner("POST", "/leads/erase", {"email": IDIL})
        elif known == "mailed often":
            for _ in range(8):
                door.clock.at += timedelta(seconds=61)
                door.send()
    door.clock.at += timedelta(minutes=30)
    calls = door.aws.services["dynamodb"].calls
    answers = []
    # The first finds the limits as they were left before, and everybody after it finds them the same.
    for address in ("first@example.com", IDIL, "never.seen@example.com"):
        started = door.started()
        calls.clear()
        answer = door.send(address, as_json=as_json, works=False, started=started)
        answers.append((answer.status, answer.body, answer.headers, list(calls)))
    assert answers[1] == answers[2]
    assert len(door.aws.services["lambda"].invoked) == 3


def test_what_is_handed_on_is_sealed(door: Door) -> None:
    door.send(works=False)
    [job] = door.aws.services["lambda"].invoked
    assert job["InvocationType"] == "Event"
    assert "idil" not in job["Payload"].casefold()
    assert "203.0.113.7" not in job["Payload"]


def test_no_address_is_stored_or_logged_as_it_is(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    for module in (forms, sign_up):
        for level in ("info", "warning"):
            monkeypatch.setattr(module.logger, level, lambda *told, **more: lines.append(f"{told}{more}"))
    leave = door.joined()
    assert lines
    assert "idil" not in (table(door) + str(lines)).casefold()
    door.press(leave)
    assert "idil" not in table(door).casefold()


# -- traps


@pytest.mark.parametrize(
    "trapped",
    [
        {"website": "https://buy.example"},
        {"after": 1},
        {"started": None},
        {"started": "1.0.00000000000000000000000000000000"},
        {"started": "1.99999999999.x"},
        {"started": HOSTILE},
    ],
)
def test_programs_look_accepted_and_nothing_happens(door: Door, trapped: dict[str, Any]) -> None:
    honest = door.send("honest@example.com")
    before = len(door.mails)
    answer = door.send("trapped@example.com", **trapped)
    assert (answer.status, answer.body) == (honest.status, honest.body)
    assert len(door.mails) == before
    assert door.counts()["asked"] == 1


def test_a_proof_for_one_form_is_none_for_another(door: Door, aws: MemoryAws, clock: Clock) -> None:
    other = Door(aws, clock, "bilan")
    door.send(started=other.started())
    assert door.mails == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "nonsense"}, "does not look like an e-mail address"),
        ({"email": "a@b"}, "does not look like an e-mail address"),
        ({"email": "a@example.com\r\nBcc: all@example.com"}, "does not look like an e-mail address"),
        ({"email": "a@example.com, b@example.com"}, "does not look like an e-mail address"),
        ({"email": '"a b"@example.com'}, "does not look like an e-mail address"),
        ({"email": "a@127.0.0.1"}, "does not look like an e-mail address"),
        ({"email": "x" * 65 + "@example.com"}, "does not look like an e-mail address"),
        ({"email": HOSTILE}, "does not look like an e-mail address"),
        ({"email": None}, "does not look like an e-mail address"),
        ({"consent": None}, "Tick the box"),
        ({"consent": "no"}, "Tick the box"),
        ({"after": 25 * 3600}, "was open for a long time"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_a_person_forgot_is_said_and_nothing_of_theirs_is_repeated(
    door: Door, fields: dict[str, Any], said: str, as_json: bool
) -> None:
    answer = door.send(as_json=as_json, **fields)
    assert answer.status == 422
    assert said in str(answer.body)
    assert "script" not in str(answer.body)
    assert door.aws.services["lambda"].invoked == []
    if not as_json:
        assert 'name="started"' in answer.body


def test_a_form_that_changed_meanwhile_is_read_again(door: Door) -> None:
    started = door.started()
    form = door.studio.lead_forms.get(door.episode_id).form
    door.studio.lead_forms.publish(form.model_copy(update={"consent": "You get ten mails a day."}), door.clock())
    answer = door.send(started=started)
    assert (answer.status, "ten mails a day" in answer.body) == (422, True)
    assert door.mails == []


def test_international_names_become_ascii(door: Door) -> None:
    door.send("idil@bücher.example")
    assert door.mails[0]["Destination"]["ToAddresses"] == ["idil@xn--bcher-kva.example"]


def test_one_network_address_sends_only_so_often_and_another_is_not_held_up(door: Door) -> None:
    statuses = [door.send(f"p{n}@example.com", after=3).status for n in range(12)]
    assert statuses[:10] == [200] * 10
    assert 429 in statuses[10:]
    assert door.send("other@example.com", address="198.51.100.9").status == 200


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "[" * 4000])
def test_what_is_no_form_is_refused(door: Door, body: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = call(forms.handler, public_event("POST", f"/forms/{door.code}", body, headers=headers))
    assert answer.status == 422
    assert call(forms.handler, public_event("POST", f"/forms/{door.code}", "x" * 9000, headers=headers)).status == 413


# -- the page


def test_a_page_shows_what_people_wrote_and_runs_none_of_it(aws: MemoryAws, clock: Clock) -> None:
    words = dict.fromkeys(("headline", "offer", "consent", "from_name"), HOSTILE)
    door = Door(aws, clock, **words, privacy_url="https://show.example/privacy?a=1&b='2")
    shown = door.show(BROWSER | {"X-Note": HOSTILE})
    assert shown.status == 200
    assert "<script" not in shown.body
    assert shown.body.count("&lt;script&gt;") >= 4
    assert 'href="https://show.example/privacy?a=1&amp;b=' in shown.body
    policy_told = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy_told
    assert "form-action 'self'" in policy_told
    assert not re.search(r"(src|action)=", shown.body)
    door.send()
    assert "<script" not in door.press(door.links()[0], "GET").body
    assert "<script" not in door.press(door.links()[0]).body


def test_people_who_see_it_are_counted_and_programs_are_not(door: Door) -> None:
    for headers in (BROWSER, BROWSER, BROWSER | {"User-Agent": "Twitterbot/1.0"}):
        door.show(headers)
    assert door.studio.lead_forms.get(door.episode_id).counts.shown == 2


def test_a_closed_form_and_one_that_never_was_are_the_same(door: Door) -> None:
    never = call(forms.handler, public_event("GET", f"/forms/{'a' * 24}", headers=BROWSER))
    assert door.owner("PATCH", f"/leads/forms/{door.episode_id}", {"open": False}).body["open"] is False
    closed = door.show()
    assert (closed.status, closed.body) == (never.status, never.body) == (404, closed.body)
    door.owner("PATCH", f"/leads/forms/{door.episode_id}", {"open": True})
    assert door.show().status == 200


def test_a_german_show_asks_in_german(aws: MemoryAws, clock: Clock) -> None:
    door = Door(aws, clock, language="de")
    assert '<html lang="de">' in door.show().body
    assert "Eintragen" in door.show().body
    door.send()
    assert door.mails[0]["Content"]["Simple"]["Subject"]["Data"].startswith("Bist du das?")
    assert "Ja, eintragen" in door.press(door.links()[0], "GET").body


# -- the mail


def test_a_mail_says_who_writes_why_and_how_to_leave(door: Door) -> None:
    door.send()
    [mail] = door.mails
    confirm, leave = door.links()
    assert mail["FromEmailAddress"] == "Say Walahi <news@studio.example>"
    assert mail["Destination"] == {"ToAddresses": [IDIL]}
    content = mail["Content"]["Simple"]
    assert content["Headers"] == [
        {"Name": "List-Unsubscribe", "Value": f"<{ADDRESS}{leave}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
    text = content["Body"]["Text"]["Data"]
    assert "Who read it?" in text
    assert "within 48 hours" in text
    assert f"{ADDRESS}{confirm}" in text


@pytest.mark.parametrize(
    "name",
    [
        "Evil\r\nBcc: all@example.com",
        'A "B" <c@example.com>',
        "Zoë, Ltd; \\ (x)",
        "=?utf-8?q?x?=",
        "漢字" * 40,
        "{from_name}",
    ],
)
def test_a_name_stays_one_name_in_one_header(aws: MemoryAws, clock: Clock, name: str) -> None:
    door = Door(aws, clock, from_name=name[:80])
    door.send()
    [mail] = door.mails
    sender = mail["FromEmailAddress"]
    assert not re.search(r"[\r\n]", sender + mail["Content"]["Simple"]["Subject"]["Data"])
    told: Any = HeaderParser(policy=policy.default).parsestr(f"From: {sender}\n\n")["From"]
    [address] = told.addresses
    assert address.addr_spec == "news@studio.example"


def test_what_is_asked_for_twice_at_once_is_mailed_once(door: Door) -> None:
    door.send(works=False)
    door.send(works=False)
    jobs = [json.loads(one["Payload"]) for one in door.aws.services["lambda"].invoked]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda job: sign_up.handler(job, Context()), [*jobs, *jobs]))
    assert len(door.mails) == 1
    assert door.counts()["asked"] == 1


def test_one_address_gets_only_so_many_mails_a_day_whoever_asks(door: Door, aws: MemoryAws, clock: Clock) -> None:
    doors = [door, Door(aws, clock, "bilan")]
    for n in range(10):
        clock.at += timedelta(seconds=90)
        doors[n % 2].send(address=f"203.0.113.{n}")
    assert len(door.mails) == 4
    clock.at += timedelta(days=1)
    door.send()
    assert len(door.mails) == 5


def test_who_left_is_never_mailed_again_and_neither_is_their_other_spelling(door: Door) -> None:
    door.press(door.joined())
    before = len(door.mails)
    for address in (IDIL, IDIL.upper(), f" {IDIL.lower()} "):
        clock_on(door)
        door.send(address)
    assert len(door.mails) == before
    assert door.counts() == {"asked": 1, "confirmed": 1, "unsubscribed": 1}


def clock_on(door: Door) -> None:
    door.clock.at += timedelta(minutes=2)


def test_another_owners_list_is_another_list(door: Door, aws: MemoryAws, clock: Clock) -> None:
    other = Door(aws, clock, "bilan")
    door.press(door.joined())
    other.joined()
    assert [one["email"] for one in other.owner("GET", "/leads").body["items"]] == [IDIL]
    assert door.studio.contact(IDIL) != other.studio.contact(IDIL)
    assert door.studio.visitor(IDIL) != other.studio.visitor(IDIL)


# -- mail that fails


@pytest.mark.parametrize("code", ["MessageRejected", "MailFromDomainNotVerifiedException", "AccessDeniedException"])
def test_a_mail_that_is_refused_leaves_them_pending_tells_the_owner_and_can_be_asked_for_again(
    door: Door, code: str
) -> None:
    door.aws.services["sesv2"].refuses = [code]
    assert door.send().status == 200
    problem = door.studio.lead_forms.get(door.episode_id).mail_problem
    assert code in problem
    assert IDIL not in problem
    assert door.owner("GET", "/leads").body["items"][0]["status"] == "pending"
    door.send()
    assert len(door.mails) == 1
    assert door.studio.lead_forms.get(door.episode_id).mail_problem == ""
    assert door.press(door.links()[0]).status == 200


@pytest.mark.parametrize(("code", "kind"), [("TooManyRequestsException", Throttled), ("InternalFailure", Unavailable)])
def test_a_mail_that_may_go_later_is_tried_again_by_lambda(door: Door, code: str, kind: type[Exception]) -> None:
    door.send(works=False)
    [job] = door.aws.services["lambda"].invoked
    door.aws.services["sesv2"].refuses = [code]
    with pytest.raises(kind):
        sign_up.handler(json.loads(job["Payload"]), Context())
    assert sign_up.handler(json.loads(job["Payload"]), Context()) == {"outcome": "mailed"}
    assert len(door.mails) == 1
    assert door.counts()["asked"] == 1


def test_without_a_sender_the_form_says_that_it_is_not_open(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    started = door.started()
    monkeypatch.setenv("MAIL_FROM", "")
    shown = door.show()
    assert (shown.status, "Not open at the moment" in shown.body) == (503, True)
    sent = call(
        forms.handler,
        public_event("POST", f"/forms/{door.code}", f"started={started}", headers=BROWSER | {"Content-Type": FORM}),
    )
    assert sent.status == 503
    assert door.show({"Accept": "application/json"}).body["type"] == "urn:episode-studio:provider_unavailable"
    assert door.aws.services["lambda"].invoked == []


def test_a_form_that_cannot_be_handed_on_asks_to_try_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: Any) -> None:
        raise refused("TooManyRequestsException", "Invoke")

    monkeypatch.setattr(door.aws.services["lambda"], "invoke", busy)
    assert door.send().status == 503


def test_a_job_of_a_form_that_is_gone_or_of_another_key_is_dropped(door: Door) -> None:
    door.send(works=False)
    [job] = door.aws.services["lambda"].invoked
    told = json.loads(job["Payload"])
    for wrong in (
        {"owner": "bilan"},
        {"sealed": "1.AAAA"},
        {"sealed": told["sealed"][:-2] + "AA"},
        {"episode_id": "0" * 26},
    ):
        assert sign_up.handler(told | wrong, Context()) == {"outcome": "dropped"}
    assert door.mails == []


# -- tokens


def twice(door: Door, path: str) -> list[Answer]:
    return [door.press(path), door.press(path)]


def test_a_confirmation_works_once(door: Door) -> None:
    door.send()
    confirm, _ = door.links()
    assert [answer.status for answer in twice(door, confirm)] == [200, 404]
    assert door.press(confirm, "GET").status == 404
    assert len(door.studio.leads.consents(door.studio.contact(IDIL))) == len(events(door)) == 1


def test_a_confirmation_pressed_in_two_places_at_once_counts_once(door: Door) -> None:
    door.send()
    confirm, _ = door.links()
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(lambda _: door.press(confirm).status, range(6)))
    assert statuses == [200] + [404] * 5
    assert door.counts()["confirmed"] == len(events(door)) == 1


def test_a_confirmation_expires(door: Door) -> None:
    door.send()
    confirm, _ = door.links()
    door.clock.at += timedelta(hours=48, seconds=1)
    assert door.press(confirm).status == 404
    # They can ask again, and are asked for the first time then.
    door.send()
    assert door.press(door.links()[0]).status == 200


def test_a_forged_token_is_the_same_404_on_both_doors(door: Door) -> None:
    door.send()
    confirm, leave = door.links()
    link = confirm.rpartition("/")[2]
    forged = [
        "/confirm/" + "a" * 24,
        "/confirm/" + link[:-1] + ("a" if link[-1] != "a" else "b"),
        leave.replace("unsubscribe", "confirm"),
    ]
    forged += [confirm.replace("confirm", "unsubscribe"), "/unsubscribe/%00", f"/confirm/{door.code}"]
    bodies = {door.press(path, method).body for path in forged for method in ("GET", "POST")}
    assert len(bodies) == 1
    assert door.counts() == {"asked": 1, "confirmed": 0, "unsubscribed": 0}


def test_an_older_mail_of_the_same_sign_up_confirms_it_too_but_once(door: Door) -> None:
    door.send()
    clock_on(door)
    door.send()
    first, second = door.links(0)[0], door.links(1)[0]
    assert first != second
    assert [door.press(first).status, door.press(second).status] == [200, 404]


def test_leaving_takes_a_press_and_opening_the_link_does_nothing(door: Door) -> None:
    leave = door.joined()
    assert "<button>" in door.press(leave, "GET").body
    assert door.counts()["unsubscribed"] == 0
    assert [answer.status for answer in twice(door, leave)] == [200, 200]
    assert door.counts()["unsubscribed"] == 1
    [lead] = door.owner("GET", "/leads").body["items"]
    assert (lead["email"], lead["status"]) == (None, "unsubscribed")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=x",
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
        ),
    ],
)
def test_a_mail_programs_one_click_is_enough(door: Door, kind: str, body: str) -> None:
    leave = door.joined()
    answer = door.press(leave, "POST", body, Content_Type=kind)
    assert answer.status == 200
    assert door.studio.leads.suppressed(door.studio.contact(IDIL))


def test_who_never_asked_may_say_so_and_is_forgotten_and_left_alone(door: Door) -> None:
    door.send()
    confirm, leave = door.links()
    door.press(leave)
    assert door.press(confirm).status == 404
    assert door.owner("GET", "/leads").body["items"] == []
    clock_on(door)
    door.send()
    assert len(door.mails) == 1


def test_a_pending_address_is_forgotten_by_itself(door: Door) -> None:
    door.send()
    items = door.aws.services["dynamodb"].items["OWNER#amina"]
    kept = {sk: item for sk, item in items.items() if sk.startswith("LEAD")}
    expires = round((door.clock() + timedelta(hours=48)).timestamp())
    assert [int(item["expires_at"]["N"]) for item in kept.values()] == [expires, expires]
    door.press(door.links()[0])
    assert not [sk for sk, item in items.items() if sk.startswith("LEAD") and "expires_at" in item]


def test_a_second_episode_has_a_form_and_a_consent_of_its_own(door: Door, clock: Clock, aws: MemoryAws) -> None:
    door.joined()
    second = Door(aws, clock)
    assert second.code != door.code
    clock_on(door)
    second.joined()
    contact = door.studio.contact(IDIL)
    assert {one.episode_id for one in door.studio.leads.consents(contact)} == {door.episode_id, second.episode_id}
    door.press(door.links()[1])
    assert {lead.status for lead in door.studio.leads.of(contact)} == {LeadStatus.UNSUBSCRIBED}
    assert (door.counts()["unsubscribed"], second.counts()["unsubscribed"]) == (1, 1)


def test_sealed_addresses_are_another_text_each_time_and_open_for_their_owner_alone(door: Door) -> None:
    sealed = {door.studio.seal.seal(IDIL) for _ in range(5)}
    assert len(sealed) == 5
    assert {door.studio.seal.open(one) for one in sealed} == {IDIL}
    for one in sealed:
        with pytest.raises(Conflict):
            Studio.opened_for("bilan").seal.open(one)
