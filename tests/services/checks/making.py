"""Documents for checks: any text as a draft of any kind."""

from datetime import UTC, datetime
from typing import Any

from writer.domain.briefs import Brief
from writer.domain.checking import CheckReport, Figure, Finding
from writer.domain.drafts import Draft, DraftState, Section, SectionState
from writer.domain.style_guide import StyleGuide
from writer.services.checks.document import Document
from writer.services.checks.service import report

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def draft(title: str = "How tides work", description: str = "", **brief: Any) -> Draft:
    section = Section("opening", "Introduction", "", SectionState.DONE, "introduction")
    made = Brief("Tides", **brief)
    return Draft("d", "local", title, DraftState.IN_REVIEW, 1, made, None, (section,), DAY, DAY, description)


def checked(text: str, guide: StyleGuide | None = None, **more: Any) -> CheckReport:
    return report(Document.of(draft(**more), text), guide or StyleGuide())


def found(text: str, check: str, guide: StyleGuide | None = None, **more: Any) -> list[Finding]:
    return [finding for finding in checked(text, guide, **more).findings if finding.check == check]


def figure(text: str, name: str, **more: Any) -> Figure:
    return next(figure for figure in checked(text, **more).figures if figure.name == name)


def quotes(findings: list[Finding]) -> list[str]:
    return [finding.quote for finding in findings]
