"""What every screen must be: accessible in both themes, and never wider than its window."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.chromium import NARROW, WIDE, Theme

WIDTHS = (320, NARROW[0])
# The second theme changes colours alone.
LOOKS: tuple[tuple[tuple[int, int], Theme, tuple[str, ...]], ...] = (
    (WIDE, "light", ()),
    (WIDE, "dark", ("color-contrast",)),
    (NARROW, "dark", ("color-contrast",)),
    (NARROW, "light", ()),
)
_WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > root.clientWidth + 1);
  return wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
}"""


def faults_of(page: Page) -> list[str]:
    """What axe-core finds in both themes and widths, and what makes the page scroll sideways."""
    page.evaluate("document.fonts.ready.then(() => null)")
    faults = []
    for (width, height), theme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        faults += [f"{width} {theme} {fault}" for fault in axe_faults(page, rules)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": NARROW[1]})
        faults += [f"wider than {width}: {one}" for one in page.evaluate(_WIDER)]
    return faults


def axe_faults(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on the page as it stands, by all its rules or by these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, object] = {"resultTypes": ["violations"], "elementRef": False}
    if rules:
        options["runOnly"] = list(rules)
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"{rule['id']}: {node['html'][:160]} {' '.join(node['failureSummary'].split())}"
        for rule in found
        for node in rule["nodes"]
    ]
