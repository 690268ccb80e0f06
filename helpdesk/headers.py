"""The security headers of answers that do not pass Django's middleware."""

from csp.utils import build_policy
from django.conf import settings

Headers = list[tuple[bytes, bytes]]


def of_every_answer() -> Headers:
    """What Django's middleware puts on its answers: the one content policy and its company."""
    denied = [name for name, allowed in settings.PERMISSIONS_POLICY.items() if not allowed]
    headers = {
        "Content-Security-Policy": build_policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Permissions-Policy": ", ".join(f"{name}=()" for name in denied),
        "Cache-Control": "private, no-store",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
        )
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
