"""The editor's suggestions against the model of a merge; `python -m benchmarks hunks` does it 12,000 times."""

from playwright.sync_api import Browser

from tests.support.editor_trials import Trial, trials, tried
from writer.domain.hunks import diff


def test_hunks_in_the_editor_keep_their_promise(browser: Browser) -> None:
    page = browser.new_page()

    assert tried(page, list(trials(1_500))) == []
    page.close()


def test_an_undo_of_what_was_typed_into_a_hunk_opens_it_again(browser: Browser) -> None:
    old, new = "The big dog ran.", "The huge dog ran."
    steps = [{"act": "arrive"}, {"act": "type", "from": 5, "to": 6, "insert": "a"}, {"act": "undo"}]
    steps.append({"act": "accept", "numbers": [0]})
    wanted = [(old, "o"), ("The bag dog ran.", "s"), (old, "o"), (new, "a")]
    page = browser.new_page()

    assert tried(page, [Trial("", old, "", new, diff(old, new), steps, wanted)]) == []
    page.close()
