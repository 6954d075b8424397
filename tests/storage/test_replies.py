from sqlalchemy import text

from writer.domain.completions import Completion, Finished, StopReason, Tokens, ToolCall
from writer.domain.ports.replies import Kept
from writer.storage import Database, Stores
from writer.storage.replies import MOST_CHARACTERS, Replies


def a_reply(text: str = "Once.") -> Completion:
    finished = Finished(Tokens(3, 4, 1, True), "openai:m", StopReason.TOOL)
    return Completion(text, finished, (ToolCall("1", "look", "{}"),))


def test_a_reply_comes_back_as_it_was_also_in_another_process(stores: Stores, database: Database):
    stores.replies.put("k", a_reply(), "ada")

    assert Replies(database).get("k") == a_reply()
    assert stores.replies.get("other") is None


def test_each_persons_replies_are_counted_and_cleared_alone(stores: Stores):
    stores.replies.put("a", a_reply("1234"), "ada")
    stores.replies.put("b", a_reply("56"), "bob")

    assert stores.replies.kept("ada") == Kept(1, 4)
    assert stores.replies.clear("ada") == 1
    assert stores.replies.get("a") is None
    assert stores.replies.get("b") is not None


def test_the_least_lately_used_go_first_and_what_is_huge_is_not_kept(database: Database):
    replies = Replies(database, most=2)
    replies.put("a", a_reply(), "ada")
    replies.put("huge", a_reply("x" * (MOST_CHARACTERS + 1)), "ada")
    replies.put("b", a_reply(), "ada")
    with database.writing() as session:
        session.execute(text("UPDATE cached_replies SET used_at = 1 WHERE key = 'a'"))

    replies.put("c", a_reply(), "ada")

    assert [replies.get(key) is not None for key in ("a", "b", "c", "huge")] == [False, True, True, False]
