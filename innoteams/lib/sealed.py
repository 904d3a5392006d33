"""A mail's HTML shown in the portal: on an address of its own, where nothing in it can run, load or reach out."""

from django.http import HttpResponse

# The same words stand in the sandbox attribute of the frame around it: links open, in a tab of their own.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_IN_A_NEW_TAB = '<base target="_blank">'


def sealed(html: str) -> HttpResponse:
    """The HTML as it came, apart from where its links open. Only a frame of our own may show it."""
    head = html.lower().find("<head>")
    if head >= 0:
        html = html[: head + 6] + _IN_A_NEW_TAB + html[head + 6 :]
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
