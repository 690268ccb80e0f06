"""What a mail may hold to run a script in the reader's browser, or to tell that it was read."""

from email.message import EmailMessage

from tests.browser.post import mail

CANARY = "canary.example"
_AT = f"https://{CANARY}/"
MARK = "hostile"
HTML = (
    "<p>Is this harmless?</p>",
    "<script>alert(1)</script>",
    f'<script src="{_AT}x.js"></script>',
    "<img src=x onerror=alert(1)>",
    f'<img src="{_AT}pixel.png">',
    f'<img srcset="{_AT}a.png 1x" alt="">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    f'<svg><image href="{_AT}i.svg"/></svg>',
    "<math><mtext><script>alert(1)</script></mtext></math>",
    '<a href="javascript:alert(1)">click</a>',
    '<a href="java&#9;script:alert(1)">click</a>',
    '<a href="data:text/html,<script>alert(1)</script>">click</a>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    f'<object data="{_AT}o"></object>',
    f'<embed src="{_AT}e">',
    f'<link rel="stylesheet" href="{_AT}s.css">',
    f"<style>@import '{_AT}i.css'; body {{ background: url({_AT}b.png) }}</style>",
    f'<div style="background:url({_AT}d.png)">x</div>',
    f'<meta http-equiv="refresh" content="0;url={_AT}">',
    f'<base href="{_AT}">',
    f'<form action="{_AT}"><input autofocus onfocus=alert(1)></form>',
    "<details open ontoggle=alert(1)>x</details>",
    f'<video poster="{_AT}p.png"><source onerror=alert(1)></video>',
    f'<table background="{_AT}t.png"><tr><td>x</td></tr></table>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<!--[if true]><script>alert(1)</script><![endif]-->",
    "<b onmouseover=alert(1)>x</b>",
    "<template><script>alert(1)</script></template>",
)
TEXT = (
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{7*7}}{% csrf_token %}",
    "<b>bold</b> &lt;script&gt;",
    f"![x]({_AT}md.png)",
    "[click](javascript:alert(1))",
    f"<hx hx-get={_AT} hx-trigger=load>",
    "\u202egnp.exe\u2066",
)


def mails() -> list[EmailMessage]:
    """One mail with all of it in its body, and one for each payload in a name and a subject."""
    everything = "\n".join(HTML)
    # Tables in tables get a frame of their own; what is left of the others is seen in the page.
    layout = f"<table><tr><td><table><tr><td>{everything}</td></tr></table></td></tr></table>"
    plain = "\n\n".join((*TEXT, *HTML))
    framed = mail(f"frame@{CANARY}", f"{MARK} frame", plain, html=layout)
    for payload in (*TEXT, *HTML):
        framed.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{payload}.txt")
    inline = mail(f"inline@{CANARY}", f"{MARK} inline", plain, html="<p>a</p>" + everything)
    bare = mail(f"bare@{CANARY}", f"{MARK} bare", plain)
    named = [_named(number, payload) for number, payload in enumerate((*TEXT, *HTML))]
    return [framed, inline, bare, *named]


def _named(number: int, payload: str) -> EmailMessage:
    made = mail(f"name{number}@{CANARY}", f"{MARK} {payload}", payload)
    quoted = payload.replace("\\", "\\\\").replace('"', '\\"')
    del made["From"]
    made["From"] = f'"{quoted}" <name{number}@{CANARY}>'
    return made
