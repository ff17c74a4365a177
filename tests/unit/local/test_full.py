"""`studio` and the full pipeline: orders, gates, quotes and bills, what is on paper."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local import artifacts, client, laptop, produce, progress, reviewing, steps
from local.laptop import Place
from local.report import Report
from local.stack import Outputs
from studio.domain import pipeline
from studio.domain.episode import Gate, Pipeline
from tests.unit.local.studio_api import EPISODE, StudioApi
from tests.unit.local.test_command import studio

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StudioApi]:
    monkeypatch.setattr(produce, "FIRST_POLL", 0.01)
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    monkeypatch.setenv("STUDIO_CWD", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv(laptop.KEY_VARIABLE, raising=False)
    with StudioApi(clips=1, readings=1) as server:
        outputs = Outputs("episode-studio", "us-east-1", "", {"ApiUrl": server.url}, {"Provider": "draft"})
        monkeypatch.setattr(laptop, "running", lambda data: Place(outputs, lambda fresh: "token"))
        yield server


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    def said(*arguments: str) -> tuple[int, str, str]:
        code = studio(monkeypatch, *arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return said


@pytest.fixture
def at_desk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Seat somebody at the terminal who gives these answers, and list the questions."""

    def seat(*answers: str) -> list[str]:
        left, asked = list(answers), []

        def answer(self: Console, question: str = "", **_: Any) -> str:
            asked.append(question)
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr(reviewing, "is_interactive", lambda *, as_json=False: not as_json)
        monkeypatch.setattr(Console, "input", answer)
        return asked

    return seat


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Make $EDITOR a program that runs this Python on the text `t`."""

    def of(code: str) -> None:
        program = tmp_path / "editor.py"
        program.write_text(
            f"import sys, pathlib\np = pathlib.Path(sys.argv[-1])\nt = p.read_text()\n{code}\np.write_text(t)\n"
        )
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} {program}")

    return of


def test_a_full_order_says_everything_and_shows_every_step(api: StudioApi, run: Said) -> None:
    api.pipeline, api.steps = "full", steps.steps_of("full", ["script", "storyboard"])
    code, out, err = run(
        "produce",
        "x",
        "--full",
        "--review",
        "script,storyboard",
        "--stop-after",
        "storyboard",
        "--air-date",
        "2026-12-24",
    )
    assert code == 0, err
    assert api.ways == [client.FULL_WAY]
    assert api.orders == [
        {
            "prompt": "x", "clips": 3, "project_id": "p1", "review": ["script", "storyboard"],
            "stop_after": "scene_orchestration", "air_date": "2026-12-24",
        }
    ]  # fmt: skip
    assert api.quotes[0]["pipeline"] == "full"
    assert "steps: script, culture, script review, direction, storyboard, hooks, storyboard review, clips" in err
    assert "script: done, 1 note" in err
    assert "completed" in out


@pytest.mark.parametrize("name", ["scene_orchestration", "scene-orchestration", "storyboard", "Storyboard"])
def test_a_stage_is_known_by_its_function_its_route_and_its_label(name: str) -> None:
    assert steps.named(name, option="x") == "scene_orchestration"


@pytest.mark.parametrize("way", list(Pipeline))
@pytest.mark.parametrize("gates", [(), (Gate.SCRIPT,), (Gate.SCRIPT, Gate.STORYBOARD)])
def test_the_steps_are_the_studios(way: Pipeline, gates: tuple[Gate, ...]) -> None:
    assert steps.steps_of(way, gates) == list(pipeline.steps_of(way, gates))
    assert list(pipeline.STAGES) == list(steps.STAGES)


def test_what_is_stopped_where_asked_is_no_failure_and_says_how_to_go_on(api: StudioApi, run: Said) -> None:
    api.status = "written"
    code, out, err = run("produce", "x", "--full", "--stop-after", "script", "--json")
    page = json.loads(out)
    assert (code, page["status"], "error" in page) == (0, "written", False)
    assert f"Go on: ./studio produce --resume {EPISODE}" in err


def test_a_resting_episode_goes_on_its_own_way_with_what_is_asked(api: StudioApi, run: Said) -> None:
    api.status, api.readings, api.pipeline = "written", 0, "full"
    code, _, err = run("produce", "--resume", EPISODE, "--start-at", "hooks", "--stop-after", "hooks")
    assert code == 0, err
    assert api.orders == [
        {"episode_id": EPISODE, "start_at": "hook_optimization_bot", "stop_after": "hook_optimization_bot"}
    ]
    assert api.ways == [client.FULL_WAY]


def test_options_that_do_not_fit_a_resumed_episode_say_so(api: StudioApi, run: Said) -> None:
    api.status, api.readings = "partial", 0
    code, _, err = run("produce", "--resume", EPISODE, "--stop-after", "hooks")
    assert (code, api.orders) == (2, [])
    assert "--full takes it through them" in err
    api.readings = 9
    code, _, err = run("produce", "--resume", EPISODE, "--full", "--stop-after", "hooks")
    assert (code, api.orders) == (2, [])
    assert "goes its way already" in err


def test_at_a_gate_without_anybody_there_the_command_says_how_to_answer(
    api: StudioApi, run: Said, tmp_path: Path
) -> None:
    api.gates = ["script"]
    code, out, err = run("produce", "x", "--full", "--review", "script", "--json")
    page = json.loads(out)
    assert (code, page["status"], page["review"]["gate"]) == (0, "in_review", "script")
    assert {Path(name).name for name in page["files"]} == {
        "episode.json",
        "script.md",
        "script.fountain",
        "metadata.json",
    }
    assert f"./studio review {EPISODE} --approve" in err
    assert "Monday 23 November" in err
    assert api.answers == []


def test_at_a_terminal_gates_are_answered_one_after_the_other(
    api: StudioApi, run: Said, at_desk: Callable[..., list[str]]
) -> None:
    api.gates = ["script", "storyboard"]
    asked = at_desk("what", "a", "approve")
    code, _, err = run("produce", "x", "--full", "--review", "script,storyboard")
    assert code == 0, err
    assert [answer["gate"] for answer in api.answers] == ["script", "storyboard"]
    assert len([question for question in asked if "pprove" in question]) == 3
    assert "# A script" in err
    assert "Bile waits [by the door]." in err
    assert "One [odd] thing." in err


@pytest.mark.parametrize("answers", [("later",), ()])
def test_what_is_left_for_later_goes_on_waiting(
    answers: tuple[str, ...], api: StudioApi, run: Said, at_desk: Callable[..., list[str]]
) -> None:
    api.gates = ["script"]
    at_desk(*answers)
    code, _, err = run("produce", "x", "--full", "--review", "script")
    assert (code, api.answers, api.cancelled) == (0, [], False)
    assert "--approve" in err


def test_a_rejection_carries_its_reason_and_ends_the_episode(
    api: StudioApi, run: Said, at_desk: Callable[..., list[str]]
) -> None:
    api.gates = ["script"]
    at_desk("reject", "Too quiet.")
    assert run("produce", "x", "--full", "--review", "script")[0] == 1
    assert [(answer["decision"], answer["reason"]) for answer in api.answers] == [("reject", "Too quiet.")]


def test_an_edit_at_the_terminal_is_tried_until_it_holds(
    api: StudioApi, run: Said, at_desk: Callable[..., list[str]], editor: Callable[[str], None]
) -> None:
    api.gates = ["script"]
    editor("t = t.replace('Sit down.', 'Get out.') if 'lunch' in t else 'lunch\\n' + t")
    at_desk("edit", "y", "n", "l")
    code, _, err = run("produce", "x", "--full", "--review", "script")
    assert (code, api.answers) == (0, [])
    assert "“lunch” is no mark" in err
    at_desk("e")
    editor("t = t.replace('Sit down.', 'Get out.')")
    assert run("produce", "x", "--full", "--review", "script")[0] == 0
    [answer] = api.answers
    assert answer["decision"] == "approve"
    assert answer["edit"]["script"]["scenes"][0]["lines"][0]["text"] == "Get out."
    assert answer["edit"]["version"] > 0


def test_an_editor_that_is_not_there_or_fails_changes_nothing(
    api: StudioApi, run: Said, at_desk: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.gates = ["script"]
    monkeypatch.setenv("VISUAL", "/nowhere/editor")
    at_desk("e", "n", "l")
    _, _, err = run("produce", "x", "--full", "--review", "script")
    assert "“/nowhere/editor” cannot be started" in err
    monkeypatch.setenv("VISUAL", "false")
    at_desk("e", "n", "l")
    _, _, err = run("produce", "--resume", EPISODE)
    assert "ended with 1" in err
    assert api.answers == []


def test_dear_orders_are_asked_about_and_a_no_orders_nothing(
    api: StudioApi, run: Said, at_desk: Callable[..., list[str]]
) -> None:
    api.expected = 1.5
    asked = at_desk("n")
    code, _, err = run("produce", "x")
    assert (code, api.orders) == (1, [])
    assert "about $1.50" in asked[0]
    assert "Nothing was ordered" in err
    assert "$20.00 of $25.00 this month" in err
    assert "pictures" in err
    asked = at_desk()
    assert run("produce", "x", "--yes")[0] == 0
    assert run("produce", "x", "--json")[0] == 0
    api.expected = 0.9
    assert run("produce", "x")[0] == 0
    assert asked == []


def test_quote_and_bill_stand_side_by_side_and_by_themselves(api: StudioApi, run: Said) -> None:
    _, out, err = run("produce", "x", "--json")
    assert json.loads(out)["quote_usd"] == 0.05
    assert "Quoted" in err
    assert "$0.2500" in err
    code, out, _ = run("quote", "x", "--full", "--clips", "2", "--provider", "gemini")
    assert code == 0
    assert "$0.0500" in out
    assert api.quotes[-1] == {"prompt": "x", "clips": 2, "pipeline": "full", "provider": "gemini"}
    _, out, _ = run("bill", EPISODE)
    assert "Up to $0.0500 more for calls under way" in out


def test_a_format_that_cannot_be_had_is_named_and_the_rest_comes_home(api: StudioApi, run: Said) -> None:
    api.lost_exports = {"fdx", "pdf"}
    code, out, err = run("produce", "x", "--json")
    page = json.loads(out)
    assert (code, set(page["missing"])) == (0, {"script.fdx", "script.pdf"})
    assert "script.fdx could not be had" in err
    assert {"timeline.otio", "captions.srt"} <= {Path(name).name for name in page["files"]}
    assert not any("screenplay" in name for name in page["files"])


def test_notes_that_were_fetched_before_they_knew_everything_are_fetched_again(api: StudioApi, run: Said) -> None:
    sha256 = api.episode()["clips"][0]["sha256"]
    clip = {"number": 1, "status": "rendered", "measured": {"sha256": sha256}}
    behind = [clip | {"status": "rendering"}, {"status": "rendering", "clips": [clip]}]
    now = [clip | {"measured": None}, {"status": "completed", "clips": [clip]}, clip]
    api.notes = [json.dumps(note).encode() for note in behind + now]
    code, out, err = run("produce", "x", "--json")
    assert (code, api.notes) == (0, []), err
    kept = {Path(name).name: Path(name) for name in json.loads(out)["files"]}
    assert json.loads(kept["1.json"].read_text()) == clip
    assert json.loads(kept["metadata.json"].read_text())["status"] == "completed"


def test_review_shows_what_waits_and_takes_each_answer(api: StudioApi, run: Said, tmp_path: Path) -> None:
    api.gates = ["script"]
    _, out, err = run("review", EPISODE)
    assert "# A script" in out
    assert f"--resume {EPISODE}" in err
    code, _, err = run("review", EPISODE, "--gate", "storyboard", "--approve")
    assert (code, api.answers) == (1, [])
    assert "the script does" in err
    assert run("review", EPISODE, "--edit", "mine.txt")[0] == 0
    text = tmp_path / "mine.txt"
    text.write_text(text.read_text().replace("I stand.", "I leave."))
    assert run("review", EPISODE, "--edit", "mine.txt")[0] == 0
    assert api.answers[0]["edit"]["script"]["scenes"][0]["lines"][1]["text"] == "I leave."
    api.gates = ["storyboard"]
    assert run("review", EPISODE, "--approve")[0] == 0
    api.gates = ["storyboard"]
    assert run("review", EPISODE, "--reject", "No.")[0] == 0
    assert [answer["decision"] for answer in api.answers] == ["approve", "approve", "reject"]
    code, _, err = run("review", EPISODE, "--approve")
    assert code == 1
    assert "Nothing waits for an answer; the episode is cancelled" in err


def test_review_of_an_episode_that_does_not_wait_shows_it_all_the_same(api: StudioApi, run: Said) -> None:
    code, out, err = run("review", EPISODE, "--gate", "storyboard")
    assert code == 0
    assert "close up, low, 85 mm, push in" in out
    assert "Nothing waits" in err
    api.artifacts.clear()
    code, _, err = run("review", EPISODE, "--gate", "storyboard")
    assert code == 1
    assert "the quick pipeline makes none" in err


def test_status_names_what_is_stale(api: StudioApi, run: Said) -> None:
    _, out, _ = run("status", EPISODE)
    assert "stale script: Script" in out
    assert "stale clips: 1" in out
    assert "done · 1 note" in out


_SHOT = {"size": "wide", "angle": "low", "lens_mm": 24, "move": "static"}
_REVISION = {
    "scene": 1, "action": {"before": "He eats.", "after": "He eats sambuus."},
    "lines": [{"line": 2, "before": "Hi.", "after": "Nabad."}],
}  # fmt: skip
_REFERENCE = {"what": "sambuus", "why": "Ramadan", "source": "a cookbook"}
_MADE: dict[str, dict[str, Any]] = {
    "cultural_injection_bot": {
        "plan": {
            "references": [_REFERENCE], "avoid": [{"words": "pirate", "why": "worn"}],
            "setting": {
                "lands": ["Somalia"], "air_date": "2026-03-20",
                "observances": [{"written": "20 March", "name": "Eid", "land": "Somalia", "estimated": True}],
            },
        },
        "scene-1": {
            "revision": _REVISION, "references": [_REFERENCE],
            "stereotypes": [{"words": "exotic", "why": "worn", "line": 0}],
        },
        "scene-2": {"revision": {"scene": 2, "action": None, "lines": []}, "references": [], "stereotypes": []},
    },
    "expert_director": {
        "look": {"palette": "teal", "light": "low sun", "lens": "anamorphic", "texture": "grain"},
        "scene-1": {
            "intention": "dread", "blocking": "apart", "lighting": "one lamp", "colour": "amber",
            "performance": [{"person": "Bile", "note": "Say less."}], "cameras": [{"label": "A", **_SHOT}],
        },
    },
    "scene_orchestration": {
        "outline": {
            "format": "family", "arc": "up",
            "beats": [{"scene": 1, "beat": "cold_open", "tension": 4, "purpose": "hook them"}],
            "secrets": [{"key": "S1", "what": "the debt", "holder": "Bile"}],
        },
        "scene-1": {
            "shots": [{"shot": 1, "clip": None, "lines": [1], "people": ["Bile"], "description": "A door.", **_SHOT}],
            "learns": [{"person": "Hodan", "secret": "S1", "source": "Bile", "line": 2}],
            "bonds": [{"one": "Hodan", "other": "Bile", "kind": "broken", "line": 2}],
            "facts": [{"person": "Bile", "about": "age", "value": "40", "line": 1}],
            "threads": [{"question": "Who pays?", "state": "opened", "line": 2}],
        },
    },
    "hook_optimization_bot": {
        "hooks": {
            "ranking": [
                {
                    "hook": {"kind": "ask", "seen": "A ring.", "speaker": "Bile", "said": "Whose?", "title": "Ring"},
                    "strength": 1.254, "standard_error": 0.4, "wins": 7.5, "comparisons": 10,
                }
            ],
            "lead": {"gap": 0.4, "standard_error": 0.3, "chance": 0.91}, "why": ["It asks."],
            "revision": {"scene": 1}, "title": None, "notes": [],
        }
    },
}  # fmt: skip


def test_stages_are_told_in_words(api: StudioApi, run: Said) -> None:
    api.artifacts = {
        name: {
            "stage": name, "status": "done", "reason": "", "version": 1, "notes": ["Checked [twice]."],
            "parts": [{"key": k, "edited": False, "stale": k == "look", "document": d} for k, d in parts.items()],
        }
        for name, parts in _MADE.items()
    }  # fmt: skip
    code, out, _ = run("stages", EPISODE)
    assert code == 0
    for told in (
        "- He eats.", "+ He eats sambuus.", "+ Nabad.", "sambuus: Ramadan  a cookbook", "cliché “exotic” (action)",
        "left as it was", "20 March Eid Somalia, estimated", "avoid “pirate”: worn", "because It asks.",
        "ahead by 0.40 ± 0.30: with a", "teal", "Look  stale", "Bile: Say less.",
        "camera A wide, low, 24 mm, static", "cold open", "▮▮▮▮▯▯▯▯▯▯ 4", "S1 Bile hides: the debt",
        "line 2 Hodan learns S1 from Bile", "Hodan and Bile are broken", "Bile, age: 40", "opened: Who pays?",
        "+1.25 ± 0.40", "7.5 of 10", "Checked [twice].", "next take makes them anew",
    ):  # fmt: skip
        assert told in out, (told, out)
    code, out, _ = run("stages", EPISODE, "hooks")
    assert "Whose?" in out
    assert "teal" not in out
    code, _, err = run("stages", EPISODE, "script")
    assert code == 1
    assert "has not worked on this episode" in err
    assert run("stages", EPISODE, "lunch")[0] == 2


def test_a_script_is_told_like_one() -> None:
    from tests.unit.made import a_script

    script = a_script(1, open_question="Who ate it?").model_dump(mode="json")
    script["scenes"][0]["lines"][0] |= {"delivery": "voice_over", "direction": "low"}
    artifact = {
        "stage": "script_generator_bot", "status": "stopped", "reason": "It broke [off].", "notes": [],
        "parts": [{"key": "script", "edited": True, "stale": False, "document": script}],
    }  # fmt: skip
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(artifacts.page(artifact, {"episode_id": EPISODE}))
    out = console.export_text()
    for told in ("It broke [off].", "Script  edited", "Hodan Warsame (voice over, low): Sit down.", "Who ate it?"):
        assert told in out


def at(status: str, stages: dict[str, str], **more: Any) -> dict[str, Any]:
    made = [{"name": name, "status": state} for name, state in stages.items()]
    return {"status": status, "stages": made, "pipeline": "full", "review": ["script"], **more}


@pytest.mark.parametrize(
    ("episode", "states"),
    [
        (at("queued", {}), "pending pending pending pending pending pending pending"),
        (at("writing", {"script_generator_bot": "running"}), "running pending pending pending pending pending pending"),
        (
            at("in_review", {"script_generator_bot": "done", "cultural_injection_bot": "done"}),
            "done done running pending pending pending pending",
        ),
        (
            at(
                "written",
                {"script_generator_bot": "done", "cultural_injection_bot": "done", "expert_director": "running"},
            ),
            "done done done running pending pending pending",
        ),
        (at("rendering", dict.fromkeys(steps.STAGES, "done")), "done done done done done done running"),
        (
            at("failed", {"script_generator_bot": "stopped"}),
            "stopped pending pending pending pending pending pending",
        ),
    ],
)
def test_progress_knows_how_every_step_stands(episode: dict[str, Any], states: str) -> None:
    assert [state for _, state in progress.states(episode, ())] == states.split()


def test_progress_shows_pending_steps_and_clips_on_a_terminal() -> None:
    console = Console(force_terminal=True, width=100, file=open("/dev/null", "w"), record=True)  # noqa: SIM115
    shown = progress.Progress(console)
    shown.begun(["expert_director", "generate_video"])
    clips = [{"number": 1, "status": "rendering", "description": "A [door]."}]
    episode = at(
        "rendering", {"script_generator_bot": "done", "expert_director": "done"}, clips=clips, title="The Dinner"
    )
    console.print(shown._picture(episode))
    out = console.export_text()
    for told in ("✓  script", "✓  direction", "◐  clips", "◐  clip 1  A [door].", "The Dinner"):
        assert told in out
    with shown:
        shown.show(episode)
        shown.pause()
        shown.go_on()


def test_nobody_is_asked_where_nobody_is() -> None:
    assert not reviewing.is_interactive()
    assert Report()
