from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from writer.domain.errors import ConfigurationError, StorageError
from writer.security.cipher import FileCipher


def test_what_was_sealed_is_unsealed_also_after_a_restart(tmp_path: Path):
    sealed = FileCipher(tmp_path / "secret.key").seal("sk-ünï")

    assert b"sk" not in sealed
    assert FileCipher(tmp_path / "secret.key").unseal(sealed) == "sk-ünï"


def test_the_key_file_is_made_on_first_use_for_its_owner_only(tmp_path: Path):
    cipher = FileCipher(tmp_path / "data" / "secret.key")
    assert not (tmp_path / "data").exists()

    cipher.seal("x")

    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_of_several_that_start_together_all_use_one_key(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: FileCipher(tmp_path / "secret.key").seal(str(n)), range(8)))

    assert [FileCipher(tmp_path / "secret.key").unseal(text) for text in sealed] == [str(n) for n in range(8)]


def test_a_secret_that_is_given_goes_before_the_file(tmp_path: Path):
    secret = Fernet.generate_key().decode()
    sealed = FileCipher(tmp_path / "secret.key", secret).seal("x")

    assert not (tmp_path / "secret.key").exists()
    assert FileCipher(tmp_path / "elsewhere", f" {secret}\n").unseal(sealed) == "x"


def test_another_key_gives_a_sentence(tmp_path: Path):
    sealed = FileCipher(tmp_path / "one").seal("x")
    FileCipher(tmp_path / "two").seal("y")

    for path in ("two", "missing"):
        with pytest.raises(ConfigurationError, match="enter the provider's key again"):
            FileCipher(tmp_path / path).unseal(sealed)
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("secret", ["short", "x" * 44, "not base64 at all, is it?"])
def test_a_secret_of_the_wrong_form_is_refused_without_being_shown(tmp_path: Path, secret: str):
    with pytest.raises(ConfigurationError, match="WRITER_SECRET_KEY") as refused:
        FileCipher(tmp_path / "secret.key", secret).seal("x")

    assert secret not in str(refused.value)


def test_a_damaged_key_file_gives_a_sentence_and_is_not_overwritten(tmp_path: Path):
    (tmp_path / "secret.key").write_bytes(b"half a k")

    with pytest.raises(ConfigurationError, match="damaged"):
        FileCipher(tmp_path / "secret.key").seal("x")

    assert (tmp_path / "secret.key").read_bytes() == b"half a k"


def test_a_place_where_no_file_can_be_gives_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises((ConfigurationError, StorageError)):
        FileCipher(tmp_path / "file" / "secret.key").seal("x")
