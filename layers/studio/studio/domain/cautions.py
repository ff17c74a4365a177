"""What somebody must know who goes on from a script that was rooted in its place and community."""

from collections.abc import Collection, Mapping

from studio.domain.culture import TO_BE_CHECKED, CulturePlan, SceneCulture
from studio.domain.episode import Episode
from studio.domain.revision import revised
from studio.domain.script import MAX_SPOKEN_SECONDS_PER_CLIP, Script, spoken_seconds

NOTHING_TO_ROOT = "The show names no community and is in English, so there is nothing to root the script in."
REHEARSAL = "A rehearsal knows calendars and no people: nobody has read the script for stereotypes."


def cautions(
    episode: Episode, written: Script, held: Collection[str], plan: CulturePlan, done: Mapping[int, SceneCulture]
) -> list[str]:
    """Return what is unknown, estimated, unchecked, flagged or too long to say, each as a sentence.

    written: the script before. held: the texts of it that a person wrote. done: what each scene became.
    """
    found = [REHEARSAL] if episode.provider == "draft" else []
    if not plan.setting.lands:
        found.append(f"No calendar is known for “{episode.brief.community or episode.brief.locale}”.")
    estimated = [f"{day.name} ({day.written}, {day.land})" for day in plan.setting.observances if day.estimated]
    if estimated:
        found.append(f"Estimated, and to be checked nearer the day: {', '.join(estimated)}.")
    unchecked = sum(reference.source.casefold() == TO_BE_CHECKED for reference in plan.references)
    if unchecked:
        found.append(
            f"{unchecked} of {len(plan.references)} references are to be checked before anything is published."
        )
    found += [
        f"Scene {number}, {f'line {flag.line}' if flag.line else 'the action'}: “{flag.words}”. {flag.why}"
        for number, made in done.items()
        for flag in made.stereotypes
    ]
    told = spoken_seconds(revised(written, [made.revision for made in done.values()], held=held))
    limit = MAX_SPOKEN_SECONDS_PER_CLIP * episode.clips_wanted
    if told > limit:
        found.append(f"The lines now take {told:.0f} s to say; there are {limit} s.")
    return found
