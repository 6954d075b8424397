import json

import pytest

from tests.api.conftest import TIDES
from tests.cli.conftest import Terminal


@pytest.fixture
def draft(terminal: Terminal, tides, brief) -> str:
    report = terminal.folder / "report.json"
    assert terminal("generate", brief, "--sources", tides, "--report", report)[0] == 0
    return terminal.json("verify", _id_in(report))["draft_id"]


def _id_in(report) -> str:
    return json.loads(report.read_text())["draft_id"]


def test_a_draft_of_extracts_is_supported_sentence_by_sentence(terminal: Terminal, draft: str):
    code, out, err = terminal("verify", draft)

    assert code == 0
    assert "supported" in out
    assert "sentences:" in err
    claims = terminal.json("verify", draft)["claims"]
    assert {claim["status"] for claim in claims if claim["passage_ids"]} == {"supported"}


def test_a_sentence_that_its_passage_does_not_hold_ends_with_4(terminal: Terminal, draft: str):
    from writer.bootstrap import build
    from writer.domain.actors import LOCAL_ACTOR
    from writer.settings import read_settings

    app = build(read_settings())
    now = app.drafts.open(draft, LOCAL_ACTOR)
    cited = next(s for s in now.sections if "[[" in s.text)
    text = f"Neap tides come 913 times in each lunar month {cited.text[cited.text.index('[[') :].split(']]')[0]}]]."
    app.drafts.save_section(draft, now.revision, LOCAL_ACTOR, key=cited.key, heading=cited.heading, text=text)
    app.close()

    code, out, _ = terminal("verify", draft)

    assert code == 4
    assert "not found in the passage" in out
    assert "“913” is not in the passage." in out


def test_a_draft_that_is_not_there_is_bad_input(terminal: Terminal):
    assert terminal("verify", "nothing")[0] == 2


def test_a_changed_document_is_told_beside_the_sentences_that_rest_on_it(terminal: Terminal, tides, draft: str):
    tides.write_text(TIDES.replace("seven days", "nine days"))
    assert terminal("ingest", tides)[0] == 0

    _, out, _ = terminal("verify", draft)

    assert "has changed since: read it again." in out
