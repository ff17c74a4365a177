"""/connections/callback: where a browser lands after a network's consent page. The page says how to finish.

Nothing is finished here: whoever follows a link into this page may be signed in over there as somebody else than who
began it. Only the owner who began can finish, with their token: POST /connections/{network}/finish.
"""

from aws_lambda_powertools.event_handler import Response

from studio.entry import resolver
from studio.entry.pages import Html, page
from studio.entry.public import public_api

app = resolver()

_HOW = Html(
    "<p>Go back to the studio and finish there. It asks for two things from this page’s address: "
    "<code>state</code> and <code>code</code>.</p>"
    "<p>With <code>./studio connect</code> this goes by itself.</p>"
)


@app.get("/connections/callback", tags=["public"])
def land() -> Response[str]:
    """Land after a network's consent page. What the address carries is neither read nor shown."""
    return page("Almost connected", _HOW)


handler = public_api(app, door="connected")
