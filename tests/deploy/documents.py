"""`python -m tests.deploy.documents`: every relative link in the documents leads somewhere, the locks name no index."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
# An address, or an option other than a hash.
_ADDRESS = re.compile(r"://|^\s*-(?!-hash=)")


def main() -> int:
    problems = [*dead_links(REPOSITORY), *addresses_in_locks(REPOSITORY)]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return int(bool(problems))


def dead_links(repository: Path) -> list[str]:
    return [problem for document in _documents(repository) for problem in _dead_links_of(document, repository)]


def addresses_in_locks(repository: Path) -> list[str]:
    """A lock is installed from whatever index the machine uses: it pins by hash and names none."""
    return [
        f"{name}:{number}: a lock names no address: {line.strip()}"
        for name in LOCKS
        for number, line in enumerate((repository / name).read_text().splitlines(), start=1)
        # The comment at the top tells the command the lock was made with.
        if _ADDRESS.search(line.split("#")[0])
    ]


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings, made as code hosts make them."""
    tokens = MarkdownIt().parse(text)
    headings = [inline for opening, inline in pairwise(tokens) if opening.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", _plain(heading).lower()).replace(" ", "-") for heading in headings}


def _documents(repository: Path) -> list[Path]:
    known = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(known, cwd=repository, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [*repository.glob("*.md"), *repository.glob("docs/**/*.md")]
    return [path for name in listed.stdout.split("\n") if name and (path := repository / name).exists()]


def _dead_links_of(document: Path, repository: Path) -> Iterator[str]:
    for line, target in _links(document.read_text()):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        where = f"{document.relative_to(repository)}:{line}"
        path = (document.parent / unquote(parts.path)).resolve() if parts.path else document
        if not path.exists():
            yield f"{where}: {target} leads nowhere"
        elif parts.fragment and path.suffix == ".md" and parts.fragment not in anchors(path.read_text()):
            yield f"{where}: {target} has no such heading"


def _links(text: str) -> Iterator[tuple[int, str]]:
    for token in MarkdownIt().enable("table").parse(text):
        line = (token.map or [0])[0] + 1
        for child in token.children or []:
            target = child.attrs.get("href") or child.attrs.get("src")
            if target:
                yield line, str(target)


def _plain(heading: Token) -> str:
    return "".join(child.content for child in heading.children or [] if child.type in {"text", "code_inline"})


if __name__ == "__main__":
    sys.exit(main())
