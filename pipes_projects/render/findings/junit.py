"""Findings as a JUnit report: a suite for each project, and a case for each manifest.

What does not fail `check`, such as a warning without `--strict`, is the output of its case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pipes_projects.diagnostics import Diagnostic
from pipes_projects.render.findings.text import render_findings
from pipes_projects.render.report import Checked, Report
from pipes_projects.text.plain import HIDDEN, xml_text

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """One document, with a case for each manifest that was asked for."""
    root = Element("testsuites", name="pipes-projects check")
    for checked in report.projects:
        _suite(root, checked, report)
    _count(root)
    indent(root)
    xml = tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml_text(xml)}\n'


def _suite(root: Element, checked: Checked, report: Report) -> None:
    suite = SubElement(root, "testsuite", name=_xml(checked.path()))
    found: dict[str, list[Diagnostic]] = {path: [] for path in checked.manifests}
    for diagnostic in checked.compilation.diagnostics:
        found[diagnostic.location.path].append(diagnostic)
    for path, here in found.items():
        _case(suite, path, here, checked, report)
    _count(suite)


def _case(
    suite: Element, path: str, found: Sequence[Diagnostic], checked: Checked, report: Report
) -> None:
    name, group = _xml(checked.path(path)), _xml(path.rpartition("/")[0].replace("/", "."))
    case = SubElement(suite, "testcase", classname=group, name=name, file=name)
    if fatal := [finding for finding in found if report.fails(finding)]:
        more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
        attributes = {"message": _xml(fatal[0].message + more), "type": fatal[0].code.value}
        SubElement(case, "failure", attributes).text = _frames(checked, fatal)
    if other := [finding for finding in found if not report.fails(finding)]:
        SubElement(case, "system-out").text = _frames(checked, other)


def _frames(checked: Checked, found: Sequence[Diagnostic]) -> str:
    return _xml(render_findings(checked.compilation, found))


def _count(part: Element) -> None:
    counts = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in counts.items():
        part.set(name, str(sum(1 for _ in part.iter(tag))))


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub(HIDDEN, text)
