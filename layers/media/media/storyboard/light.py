"""Light and colour of a scene: what the hour gives, bent by the mood and the genre."""

from dataclasses import dataclass

from media.storyboard.colour import Rgb, hsv, lit, mix, muted
from media.storyboard.reading import Brief, Feeling, Hour
from media.storyboard.seeding import rng


@dataclass(frozen=True)
class Light:
    """The light of a scene. Colours are what white paper would look like under it.

    `side` is -1.0 when the key comes from the left of the frame, +1.0 from the right. `contrast` is how dark the
    side away from the key gets, 0 to 1. `haze_share` is how much of the haze a thing far away takes on.
    """

    key: Rgb
    fill: Rgb
    rim: Rgb
    ambient: Rgb
    sky_top: Rgb
    sky_low: Rgb
    haze: Rgb
    lamp: Rgb
    shadow_tint: Rgb
    light_tint: Rgb
    wall: Rgb
    accent: Rgb
    side: float
    contrast: float
    haze_share: float
    exposure: float
    outside: float
    """Brightness of what is seen through a window, 0 to 1."""


_SKIES: dict[Hour, tuple[Rgb, Rgb, Rgb, Rgb, float]] = {
    # top of the sky, horizon, key, ambient, exposure
    Hour.DAY: ((92, 142, 192), (206, 220, 226), (255, 246, 228), (176, 188, 202), 1.0),
    Hour.DAWN: ((92, 112, 162), (246, 192, 160), (255, 214, 176), (150, 150, 178), 0.92),
    Hour.GOLDEN: ((96, 124, 172), (250, 184, 112), (255, 206, 132), (166, 138, 132), 0.98),
    Hour.DUSK: ((42, 52, 98), (214, 118, 106), (232, 168, 150), (102, 100, 142), 0.78),
    Hour.NIGHT: ((12, 16, 36), (38, 46, 84), (166, 184, 226), (62, 70, 108), 0.6),
}
_FEELINGS: dict[Feeling, tuple[float, float, float, float]] = {
    # hue of the mood in turns, its saturation, contrast, haze
    Feeling.CALM: (0.52, 0.20, 0.45, 0.30),
    Feeling.JOY: (0.115, 0.42, 0.34, 0.26),
    Feeling.ROMANCE: (0.985, 0.34, 0.46, 0.40),
    Feeling.TENSION: (0.535, 0.38, 0.74, 0.34),
    Feeling.ANGER: (0.02, 0.48, 0.78, 0.30),
    Feeling.SORROW: (0.60, 0.30, 0.60, 0.44),
    Feeling.FEAR: (0.40, 0.28, 0.84, 0.46),
    Feeling.MYSTERY: (0.74, 0.34, 0.80, 0.50),
    Feeling.RESOLVE: (0.085, 0.34, 0.56, 0.26),
}


def light_of(brief: Brief, mood: str, genre: str, heading: str) -> Light:
    """Return the light a scene is played in. The same heading and mood give the same light in every shot."""
    hue, strength, contrast, haze = _FEELINGS[brief.feeling]
    # Moods of one family ("tense", "uneasy") still differ a little, and so do genres.
    hue += (rng("mood", mood.lower(), genre.lower()).random() - 0.5) * 0.07
    set_chance = rng("light", heading.lower())
    top, low, key, ambient, exposure = _SKIES[brief.hour]
    mood_hue = hsv(hue, strength, 1.0)
    wall_hue = set_chance.choice((0.08, 0.1, 0.12, 0.3, 0.46, 0.55, 0.6, 0.02, 0.95))
    wall = mix(hsv(wall_hue, 0.24, 0.66), hsv(hue, strength * 0.8, 0.58), 0.5)
    lamp: Rgb = (255, 202, 138)
    night = brief.hour in {Hour.NIGHT, Hour.DUSK}
    rim = mix((255, 244, 226), hsv(hue + 0.5, 0.3, 1.0), 0.5)
    if brief.interior:
        exposure = {Hour.NIGHT: 0.7, Hour.DUSK: 0.76}.get(brief.hour, 0.94)
        if night:
            # Indoors at night the lamps are the key, and the window gives the cold edge.
            key, ambient, rim = (255, 214, 164), (88, 92, 124), (126, 162, 226)
        else:
            ambient = mix(ambient, (196, 184, 170), 0.5)
            rim = mix(low, (255, 255, 255), 0.35)
        haze *= 0.55
    elif brief.hour in {Hour.GOLDEN, Hour.DAWN}:
        rim = mix(key, (255, 236, 200), 0.5)
        haze *= 1.05
    elif night:
        rim = (255, 186, 120) if brief.hour is Hour.NIGHT else (255, 170, 140)
    ambient = mix(ambient, lit(mood_hue, ambient), 0.5)
    key = mix(key, lit(mood_hue, key), 0.22)
    haze_colour = mix(muted(low, 0.2), mood_hue, 0.25)
    if brief.interior:
        haze_colour = mix(lit(wall, ambient), lamp if night else low, 0.45)
    return Light(
        key=key,
        fill=mix(ambient, mood_hue, 0.15),
        rim=rim,
        ambient=ambient,
        sky_top=mix(top, lit(mood_hue, top), 0.22),
        sky_low=mix(low, lit(mood_hue, low), 0.3),
        haze=haze_colour,
        lamp=mix(lamp, lit(mood_hue, lamp), 0.2),
        shadow_tint=lit(hsv(hue + 0.04 if strength > 0.4 else 0.6, 0.5, 1.0), 0.2),
        light_tint=mix((255, 240, 220), mood_hue, 0.22),
        wall=wall,
        accent=hsv(hue + set_chance.choice((0.0, 0.5, 0.42)), 0.55, 0.62),
        side=set_chance.choice((-1.0, 1.0)),
        contrast=min(contrast + (0.1 if night else 0.0), 0.88),
        haze_share=haze,
        exposure=exposure,
        outside={Hour.NIGHT: 0.26, Hour.DUSK: 0.6}.get(brief.hour, 1.0),
    )
