"""Prints known vulnerabilities of the installed packages, those with a fix first."""

import json
import subprocess
import sys
from typing import Any

TIMEOUT_S = 180
AUDIT = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--format", "json"]
QUIET = ["--progress-spinner", "off", "--timeout", "10"]


def main() -> None:
    sys.stdout.write("\n== dependency audit\n")
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*AUDIT, *QUIET], capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        sys.stdout.write("The advisory service could not be asked; nothing was audited.\n")
        return
    report(packages)


def report(packages: list[dict[str, Any]]) -> None:
    skipped = [package for package in packages if "skip_reason" in package]
    found = [(package, each) for package in packages for each in package.get("vulns", [])]
    for package, each in sorted(found, key=lambda pair: not pair[1]["fix_versions"]):
        fix = ", ".join(each["fix_versions"]) or "none yet"
        line = f"VULNERABLE {package['name']} {package['version']}: {each['id']}, fixed in: {fix}"
        sys.stdout.write(f"{line}\n")
    checked = len(packages) - len(skipped)
    if not checked:
        sys.stdout.write("The advisory service knew none of the packages; nothing was audited.\n")
        return
    sys.stdout.write(
        f"{checked} packages audited, {len(skipped)} could not be, {len(found)} advisories.\n"
    )


if __name__ == "__main__":
    main()
