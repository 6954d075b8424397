import pytest

from writer.security.hosts import is_known, is_listed


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8501",
        "127.0.0.1:8501",
        "[::1]:8501",
        "app.localhost",
        "192.168.1.7:80",
        "writer.lan",
        "Writer.LAN.:8501",
        "a.b.team",
    ],
)
def test_own_names_are_answered(host):
    assert is_known(host, ("writer.lan", "*.team"))


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "writer.lan.evil", "team", "[::1", ":80"],
)
def test_names_that_somebody_else_points_here_are_not(host):
    assert not is_known(host, ("writer.lan", "*.team"))


def test_a_star_answers_to_every_name_but_lists_none_as_ours():
    assert is_known("anything.example:443", ("*",))
    assert not is_known("", ("*",))
    assert not is_listed("anything.example", ("*",))


def test_entries_are_compared_as_names_are():
    assert is_known("writer.example", ("Writer.Example.",))
    assert is_listed("a.writer.example", ("*.Writer.Example",))
    assert not is_listed("notwriter.example", ("*.writer.example",))
