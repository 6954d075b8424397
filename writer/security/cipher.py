"""Seals secrets for the database with a key that never enters it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from writer.domain.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_DOES_NOT_FIT = (
    "A saved key cannot be read: the secret key of this installation has changed. "
    "Put the old key file back, or enter the provider's key again in Settings."
)
_MALFORMED = "WRITER_SECRET_KEY has to be 32 bytes in URL-safe base64 (44 characters)."
_BROKEN_FILE = "The key file “{path}” is damaged. Put a copy of it back, or delete it and enter the keys again."


class FileCipher:
    """Fernet with the key in a file that only its owner may read, made on first use. `secret` goes before the file."""

    def __init__(self, path: Path, secret: str = "") -> None:
        self._path = path
        self._secret = secret.strip()

    def seal(self, clear: str) -> bytes:
        return bytes(self._fernet(make=True).encrypt(clear.encode("utf-8", "replace")))

    def unseal(self, sealed: bytes) -> str:
        from cryptography.fernet import InvalidToken

        try:
            return str(self._fernet(make=False).decrypt(bytes(sealed)).decode())
        except InvalidToken as error:
            raise ConfigurationError(_DOES_NOT_FIT) from error

    def _fernet(self, *, make: bool) -> "Fernet":
        from cryptography.fernet import Fernet

        try:
            return Fernet(self._secret or self._key(make=make))
        except ValueError as error:
            message = _MALFORMED if self._secret else _BROKEN_FILE.format(path=self._path)
            raise ConfigurationError(message) from error

    def _key(self, *, make: bool) -> bytes:
        try:
            return self._path.read_bytes().strip()
        except FileNotFoundError as error:
            if not make:
                raise ConfigurationError(_DOES_NOT_FIT) from error
        except OSError as error:
            raise ConfigurationError(f"The key file “{self._path}” cannot be read: {error.strerror}.") from error
        return self._made()

    def _made(self) -> bytes:
        """Written aside and linked into place: of two processes that start together, both use the first one's key."""
        from cryptography.fernet import Fernet

        aside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                self._path.hardlink_to(aside)
            aside.unlink()
            return self._path.read_bytes()
        except OSError as error:
            raise StorageError(f"The key file “{self._path}” cannot be written: {error.strerror}.") from error
