"""Pages for people who have no account here: plain HTML that runs nothing, loads nothing and sits in no frame."""

import base64
import hashlib
import html
from string import Formatter
from typing import Any

from aws_lambda_powertools.event_handler import Response

_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem;color:#1a1a1a;"
    "background:#fff}h1{font-size:1.5rem;line-height:1.25}input,button{font:inherit;padding:.6rem .8rem}"
    "input[type=email],input[type=text]{width:100%;box-sizing:border-box;border:1px solid #767676;border-radius:.4rem}"
    "button{margin-top:1rem;border:0;border-radius:.4rem;background:#1a1a1a;color:#fff;cursor:pointer}"
    "label{display:block;margin:1rem 0 .3rem}.apart{position:absolute;left:-99rem}small{color:#595959}"
    "@media(prefers-color-scheme:dark){body{background:#141414;color:#eee}button{background:#eee;color:#141414}"
    "small{color:#aaa}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
    "<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
)


class Html(str):
    """Text that is HTML already. Only `fill` makes any of what people wrote."""

    __slots__ = ()


class _Escaping(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text if isinstance(value, Html) else html.escape(text, quote=True)

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        # A template names values and nothing inside them.
        return kwargs[field_name], field_name


def fill(template: str, **values: str | int | Html) -> Html:
    """Return a template of our own with values in its `{names}`, escaped unless they are HTML already.

    Attributes in a template are quoted; a value is never put into a script, a style or an unquoted attribute.
    """
    return Html(_Escaping().vformat(template, (), values))


def page(
    title: str, body: Html, *, status: int = 200, language: str = "en", sends_forms: bool = False
) -> Response[str]:
    """Return a page. Its scripts, pictures and frames are forbidden; forms, where it has some, go to this site only."""
    content = fill(_PAGE, language=language, title=title, style=Html(_STYLE), body=body)
    return Response(status, content_type="text/html; charset=utf-8", body=str(content), headers=headers(sends_forms))


def headers(sends_forms: bool = False) -> dict[str, str]:
    """Return the headers that hold a page to what it is."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action {"'self'" if sends_forms else "'none'"}"
        ),
        "X-Frame-Options": "DENY",
    }
