"""The formats of a report, and the module that writes each."""

from __future__ import annotations

from importlib import import_module

from pipes_projects.render.report import Report

FORMATS = {
    "text": "text",
    "json": "report_json",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
}
"""Modules by the name of their format; each is imported only when it is asked for."""

SYNTAX = {"json": "json", "gitlab": "json", "sarif": "json", "junit": "xml"}
"""The syntax of a format for programs, if it is more than lines."""


def render(report: Report, name: str) -> str:
    """The report in the format with this name."""
    module = import_module(f"pipes_projects.render.findings.{FORMATS[name]}")
    text: str = module.render(report)
    return text
