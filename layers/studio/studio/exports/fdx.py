"""The script as Final Draft XML (FDX, document version 5), which screenwriting programs exchange.

Final Draft publishes no schema. The elements are those that Final Draft 8 and later write themselves and that other
programs read: typed paragraphs under Content, and a title page.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from studio.domain.screenplay import BEATS, DRAFT_NOTE, author, cue_of, shortened
from studio.domain.script import Line, Scene, Script
from studio.exports.wording import one_line, paragraphs, xml_clean

_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
_LINES_ABOVE_TITLE = 16


def to_fdx(script: Script, *, provider: str, prompt: str) -> str:
    """Return the script as an FDX document.

    provider: who wrote it ("draft", "gemini" …); a draft says so on the title page. prompt: what the creator asked for.
    """
    root = Element("FinalDraft", DocumentType="Script", Template="No", Version="5")
    content = SubElement(root, "Content")
    for scene in script.scenes:
        _scene(content, scene)
    if script.open_question:
        for text in paragraphs(script.open_question):
            _paragraph(content, "Action", text)
        _paragraph(content, "Transition", "TO BE CONTINUED")
    _title_page(SubElement(root, "TitlePage"), script, provider, prompt)
    indent(root)
    return _HEADER + tostring(root, encoding="unicode") + "\n"


def _scene(content: Element, scene: Scene) -> None:
    heading = _paragraph(content, "Scene Heading", scene.heading, Number=str(scene.number))
    heading.insert(0, Element("SceneProperties", Title=BEATS[scene.beat]))
    for text in paragraphs(scene.action):
        _paragraph(content, "Action", text)
    for line in scene.lines:
        _speech(content, line)


def _speech(content: Element, line: Line) -> None:
    extension, direction = cue_of(line)
    name = one_line(line.speaker).upper()
    _paragraph(content, "Character", f"{name} ({extension})" if extension else name)
    if direction:
        _paragraph(content, "Parenthetical", f"({one_line(direction)})")
    for text in paragraphs(line.text):
        _paragraph(content, "Dialogue", text)


def _title_page(page: Element, script: Script, provider: str, prompt: str) -> None:
    content = SubElement(page, "Content")
    for _ in range(_LINES_ABOVE_TITLE):
        _centred(content, "")
    for text in (script.title.upper(), "", "Written by", "", author(provider)):
        _centred(content, text)
    notes = [f"From the prompt: {shortened(prompt, 60)}", *([DRAFT_NOTE] if provider == "draft" else [])]
    for text in notes:
        _centred(content, "")
        _centred(content, text)


def _centred(content: Element, text: str) -> None:
    paragraph = SubElement(content, "Paragraph", Alignment="Center")
    SubElement(paragraph, "Text").text = xml_clean(one_line(text))


def _paragraph(content: Element, kind: str, text: str, **attributes: str) -> Element:
    paragraph = SubElement(content, "Paragraph", {**attributes, "Type": kind})
    SubElement(paragraph, "Text").text = xml_clean(one_line(text))
    return paragraph
