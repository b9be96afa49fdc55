"""Results as JUnit XML, as Jenkins and GitLab read it: a suite a file, a case a run, failures and errors told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from eval.summary import failures

_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def write_junit(
    path: Path, results: Sequence[Mapping[str, Any]], properties: Mapping[str, str], timestamp: str
) -> None:
    """Write the runs.

    Args:
        properties: what each suite says of itself: shop, model, version of the prompts.
        timestamp: when it began: ISO-8601 without a zone.
    """
    files: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        files.setdefault(result["file"] or "dialogues", []).append(result)
    root = ElementTree.Element("testsuites", _counts("onevoice eval", results))
    for file, runs in files.items():
        suite = ElementTree.SubElement(
            root, "testsuite", _counts(file, runs) | {"skipped": "0", "timestamp": timestamp}
        )
        listed = ElementTree.SubElement(suite, "properties")
        for name, value in properties.items():
            ElementTree.SubElement(listed, "property", name=name, value=_clean(value))
        for run in runs:
            name = f"{run['dialogue']} ({run['shopper']}, {run['repeat']})"
            case = ElementTree.SubElement(
                suite, "testcase", classname=_class(file), name=_clean(name), time=_seconds([run])
            )
            if not run["passed"]:
                kind, told = ("error" if run["error"] else "failure"), list(failures(run))
                about = {"message": _clean(told[-1] if run["error"] else told[0])[:400], "type": kind}
                text = "\n".join([*told, run["error"]]).strip()
                ElementTree.SubElement(case, kind, about).text = _clean(text)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _counts(name: str, runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    errors = sum(bool(run["error"]) for run in runs)
    failed = sum(not run["passed"] and not run["error"] for run in runs)
    counts = {"tests": str(len(runs)), "failures": str(failed), "errors": str(errors)}
    return {"name": _clean(name), **counts, "time": _seconds(runs)}


def _seconds(runs: Sequence[Mapping[str, Any]]) -> str:
    return f"{sum(run['seconds'] for run in runs):.2f}"


def _class(file: str) -> str:
    """Without its ending: readers take what follows the last stop for the name of a class."""
    return _clean(file.rsplit(".", 1)[0].replace(".", "_"))


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("�", text)
