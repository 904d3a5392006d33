"""The texts that people read, as the sources name them; found without the gettext programs."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
_APPS = ("innoteams", "cities", "projects", "engagement")
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def in_sources() -> set[str]:
    """Every text marked for translation in a Python file or a template."""
    python = (path for app in _APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    texts = {text for path in python for text in _in_python(path.read_text())}
    templates = (path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
    return texts | {text for path in templates for text in _in_template(path.read_text())}


# templatize() turns a template into calls such as gettext('…') or _("…"), padded with Xs.
_LITERAL = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<![a-z])(_|p?n?gettext)\(u?{_LITERAL}(?:,\s*u?{_LITERAL})?", re.DOTALL)


def _in_template(source: str) -> Iterator[str]:
    for name, first, second in _CALL.findall(templatize(source)):
        yield ast.literal_eval(second if name.startswith("p") else first)


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = 0 if name in _SINGLE else 1 if name in _WITH_CONTEXT else None
            if place is not None and len(node.args) > place:
                argument = node.args[place]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def in_files(paths: Iterable[Path]) -> set[str]:
    """Those of some Python files and templates alone."""
    sources = ((path.suffix, path.read_text()) for path in paths)
    return {text for suffix, source in sources for text in (_in_python if suffix == ".py" else _in_template)(source)}
