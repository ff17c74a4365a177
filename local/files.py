"""Bringing an episode's files home: whole, verified, and resumed where a connection broke."""

import hashlib
import json
import re
import time
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

from local.client import ApiProblem, StudioClient
from local.contact_sheet import draw_contact_sheet
from local.problems import StudioProblem

SLUG_LENGTH = 60
ATTEMPTS = 5
FIRST_PAUSE = 0.2
SETTLE_SECONDS = 15.0

Json = dict[str, Any]

SCRIPTS = {"script.md": "md", "script.fountain": "fountain"}
EXPORTS = {
    "script.fdx": "fdx", "script.pdf": "pdf", "captions.srt": "srt", "captions.vtt": "vtt",
    "shots.csv": "csv", "timeline.otio": "otio", "timeline.edl": "edl",
}  # fmt: skip
"""What a finished episode is brought home as, beside its files, and the format's name in the API."""

_WITH_METADATA = {"completed", "partial", "written"}
_STORED_EXPORTS = "exports/"


@dataclass
class Home:
    """What was brought home, and the formats that could not be had, each with the reason."""

    files: list[Path] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def slug(title: str) -> str:
    """A folder name out of any title: letters and digits of any script, never empty, never a path."""
    words = "".join(
        letter if unicodedata.category(letter)[0] in "LNM" else " "
        for letter in unicodedata.normalize("NFKC", title).casefold()
    )
    name = "-".join(words.split())[:SLUG_LENGTH]
    while len(name.encode()) > 180:  # file systems count bytes, and stop at 255
        name = name[:-1]
    return name.strip("-") or "episode"


def output_folder(out: Path, episode: Mapping[str, Any]) -> Path:
    """Where this episode goes: `<slug>`, or `<slug>-<end of its id>` when another episode lives there."""
    name = slug(str(episode.get("title") or episode.get("prompt") or ""))
    folder = out / name
    if folder.exists() and _episode_in(folder) != episode["episode_id"]:
        tail = re.sub(r"\W", "", str(episode["episode_id"]))[-6:].lower()
        folder = out / f"{name}-{tail}"
    return folder


def bring_home(client: StudioClient, episode: Json, out: Path) -> Home:
    """Download everything the episode has into its folder under `out`."""
    episode, listed = _when_settled(client, episode)
    folder = output_folder(out, episode)
    folder.mkdir(parents=True, exist_ok=True)
    home = Home([_write(folder / "episode.json", (json.dumps(episode, indent=2, ensure_ascii=False) + "\n").encode())])
    path = f"/episodes/{episode['episode_id']}"
    for name, form in SCRIPTS.items():
        with suppress(ApiProblem):  # an episode that failed early has no script
            home.files.append(_write(folder / name, client.document(f"{path}/script/{form}")))
    with httpx.Client(timeout=httpx.Timeout(60.0, connect=10.0), trust_env=not client.local) as http:
        for entry in listed:
            target = folder.joinpath(*_safe_parts(entry["name"]))
            sha256 = entry.get("sha256")
            # What has no checksum is written anew when more is known, and may be longer than when it was listed.
            fetch(http, entry["url"], target, sha256=sha256, size=entry.get("bytes") if sha256 else None)
            home.files.append(target)
        _fetch_what_is_behind(http, listed, folder, episode)
        if episode.get("script") is not None and episode["status"] != "in_review":
            _bring_exports(client, http, path, folder, home)
    if any(clip["status"] == "rendered" for clip in episode.get("clips", [])):
        home.files.append(draw_contact_sheet(episode, folder))
    return home


def _fetch_what_is_behind(http: httpx.Client, listed: list[Json], folder: Path, episode: Json) -> None:
    """Fetch those notes again that were written before the last of what the episode says; give up after a while."""
    links = {entry["name"]: entry["url"] for entry in listed if entry["name"].endswith(".json")}
    deadline = time.monotonic() + SETTLE_SECONDS
    while behind := [name for name in links if _is_behind(folder / name, name, episode)]:
        if episode["under_way"] or time.monotonic() > deadline:
            return
        time.sleep(0.2)
        for name in behind:
            fetch(http, links[name], folder / name)


def _is_behind(path: Path, name: str, episode: Json) -> bool:
    """Whether a note says otherwise of its clips, or `metadata.json` of the episode, than the episode does."""
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return False
    if name == "metadata.json" and told.get("status", episode["status"]) != episode["status"]:
        return True
    noted = {clip.get("number"): clip for clip in (told.get("clips", []) if name == "metadata.json" else [told])}
    for clip in episode.get("clips", []):
        note = noted.get(clip["number"])
        if note is None or clip["status"] != "rendered":
            continue
        measured = (note.get("measured") or {}).get("sha256")
        if note.get("status") != "rendered" or (clip.get("measured") and measured != clip.get("sha256")):
            return True
    return False


def _bring_exports(client: StudioClient, http: httpx.Client, path: str, folder: Path, home: Home) -> None:
    """Bring the script in the field's formats. One that cannot be had is no reason to be without the others."""
    for name, form in EXPORTS.items():
        target = folder / name
        try:
            if form == "pdf":  # answered with a link: the gateway would send bytes as Base64
                link = json.loads(client.document(f"{path}/exports/{form}", accept="application/json"))
                target.unlink(missing_ok=True)
                fetch(http, link["url"], target, size=link["bytes"])
            else:
                _write(target, client.document(f"{path}/exports/{form}"))
        except StudioProblem as problem:
            home.missing[name] = problem.what
        else:
            home.files.append(target)


def fetch(http: httpx.Client, url: str, target: Path, *, sha256: str | None = None, size: int | None = None) -> None:
    """Download `url` to `target` whole or not at all; an interrupted one goes on where it stopped.

    Raises StudioProblem when it cannot be had, or is not what its hash says.
    """
    if sha256 and target.exists() and sha256_of(target) == sha256:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    trouble = ""
    for attempt in range(ATTEMPTS):
        if not sha256:
            part.unlink(missing_ok=True)  # nothing would tell an old half from the right one
        try:
            _fetch_rest(http, url, part)
        except httpx.HTTPStatusError as problem:
            status = problem.response.status_code
            if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
            elif status < 500:
                raise StudioProblem(
                    f"{target.name} could not be downloaded (HTTP {status}).",
                    "Its link may have run out: use --resume.",
                ) from problem
            trouble = f"HTTP {status}"
        except httpx.TransportError as problem:
            trouble = type(problem).__name__
        else:
            if (size is None or part.stat().st_size == size) and (not sha256 or sha256_of(part) == sha256):
                part.replace(target)
                return
            trouble = "it is not what its hash says"
            part.unlink(missing_ok=True)
        time.sleep(FIRST_PAUSE * 2**attempt)
    raise StudioProblem(f"{target.name} could not be downloaded: {trouble}.", "Run the same command with --resume.")


def _fetch_rest(http: httpx.Client, url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    with http.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as answer:
        answer.raise_for_status()
        with part.open("ab" if answer.status_code == httpx.codes.PARTIAL_CONTENT else "wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)


def _when_settled(client: StudioClient, episode: Json) -> tuple[Json, list[Json]]:
    """The episode and its files once every rendered clip is measured; after a while, as they are."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        # A stored export is brought home by the name of its format.
        listed = [f for f in client.files(episode["episode_id"]) if not f["name"].startswith(_STORED_EXPORTS)]
        names = {entry["name"] for entry in listed}
        rendered = [clip for clip in episode.get("clips", []) if clip["status"] == "rendered"]
        notes = {f"clips/{clip['number']}.json" for clip in rendered}
        if episode["status"] in _WITH_METADATA:
            notes.add("metadata.json")
        whole = all(clip.get("measured") for clip in rendered) and notes <= names
        if whole or time.monotonic() > deadline:
            return episode, listed
        time.sleep(0.4)
        episode = client.episode(episode["episode_id"])


def _safe_parts(name: str) -> tuple[str, ...]:
    """The parts of a file's name below the episode's folder; a name that leads out of it is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in name or "\0" in name:
        raise StudioProblem(f"The studio listed a file by an impossible name: {name!r}.")
    return path.parts


def _episode_in(folder: Path) -> str | None:
    try:
        found = json.loads((folder / "episode.json").read_text())["episode_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(found)


def _write(path: Path, content: bytes) -> Path:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
    return path


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
