"""Documents that scripts and operators rely on name what is there."""

import argparse

from tests.cli.conftest import ROOT
from writer.cli import _parser
from writer.services.briefs import brief_from


def commands():
    action = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return action.choices


def test_every_command_and_option_is_documented():
    page = (ROOT / "docs" / "commands.md").read_text()

    for name, parser in commands().items():
        line = next(line for line in page.splitlines() if line.startswith(f"| `{name}"))
        options = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
        assert [option for option in options if option != "--help" and option not in line] == []


def test_the_documented_brief_is_one():
    import yaml

    page = (ROOT / "docs" / "commands.md").read_text()
    brief = brief_from(yaml.safe_load(page.split("```yaml\n")[1].split("```")[0]))

    assert brief.words == 900
    assert brief.extra == ()


def test_the_tests_that_the_security_page_names_exist():
    page = (ROOT / "docs" / "security.md").read_text()
    named = {part.strip("`,. ") for part in page.replace(":", " ").split() if part.strip("`,. ").startswith("tests/")}

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
