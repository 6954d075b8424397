"""The reading of sentence against passage, by a classifier small enough to be made for a test."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from writer.domain.errors import ConfigurationError
from writer.embedding.entailment import CrossEncoder

LABELS = {0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"}
PAIRS = [("The tide rises twice a day.", f"Sentence {n} about the tide and the moon.") for n in range(20)]


@pytest.fixture(scope="session")
def tiny_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """BERT with random weights: nonsense, but every part of the path to it is real."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny-reader")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz.",
        *(f"##{c}" for c in "abcdefgt"),
    ]
    (folder / "vocab.txt").write_text("\n".join([*words, "the", "tide", "rises", "moon", "day"]))
    tokenizer = BertTokenizer(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        id2label=LABELS,
        label2id={label: number for number, label in LABELS.items()},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture
def folder(tiny_reader: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_reader, tmp_path / "reader"))


def relabelled(folder: Path, labels: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "id2label": labels}))


def test_every_pair_has_its_own_chances_whatever_batch_it_is_in(folder):
    reader = CrossEncoder(folder)

    readings = reader.readings(PAIRS)

    assert len(readings) == len(PAIRS)
    assert readings[17].entails == pytest.approx(reader.readings([PAIRS[17]])[0].entails, abs=1e-5)
    assert all(r.entails + r.neutral + r.contradicts == pytest.approx(1, abs=1e-5) for r in readings)
    assert reader.readings([]) == []


def test_the_order_of_the_labels_is_the_models_own(folder):
    (before,) = CrossEncoder(folder).readings(PAIRS[:1])
    relabelled(folder, {"0": "entailment", "1": "neutral", "2": "contradiction"})

    (after,) = CrossEncoder(folder).readings(PAIRS[:1])

    assert (after.entails, after.neutral, after.contradicts) == (before.contradicts, before.entails, before.neutral)


def test_a_passage_that_is_too_long_is_cut_and_the_sentence_is_not(folder):
    assert CrossEncoder(folder).readings([("The tide rises. " * 200, "The moon rises.")])


def test_another_model_is_another_identity_and_the_same_one_stays_the_same(folder):
    before = CrossEncoder(folder).identity
    assert CrossEncoder(folder).identity == before

    relabelled(folder, {"0": "entailment", "1": "neutral", "2": "contradiction"})

    assert CrossEncoder(folder).identity != before


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: shutil.rmtree(folder), "there is no such folder"),
        (lambda folder: (folder / "config.json").unlink(), "does not name the labels"),
        (lambda folder: (folder / "config.json").write_text("{"), "does not name the labels"),
        (lambda folder: relabelled(folder, {"0": "entailment", "1": "not_entailment"}), "does not name the labels"),
        (lambda folder: relabelled(folder, ["a", "b", "c"]), "does not name the labels"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no weights in safetensors"),
    ],
    ids=range(6),
)
def test_a_folder_that_cannot_be_used_is_said_by_the_doctor_and_when_it_is_asked(folder, spoil, reason):
    spoil(folder)
    reader = CrossEncoder(folder)

    with pytest.raises(ConfigurationError, match=reason):
        reader.described()
    with pytest.raises(ConfigurationError, match="is not used"):
        reader.readings(PAIRS[:1])


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"not weights at all"])
def test_weights_that_are_broken_are_said_in_a_sentence(folder, content):
    (folder / "model.safetensors").write_bytes(content)

    with pytest.raises(ConfigurationError, match="cannot be loaded or run"):
        CrossEncoder(folder).readings(PAIRS[:1])


def test_pickled_weights_and_code_in_the_folder_are_left_alone(folder, tmp_path):
    """A folder whose code and pickle would each write a file, if anything ran them."""
    canary = tmp_path / "ran"
    (folder / "evil.py").write_text(f"import pathlib\npathlib.Path({str(canary)!r}).touch()\nclass Evil: pass\n")
    config = json.loads((folder / "config.json").read_text())
    remote = {"auto_map": {"AutoModelForSequenceClassification": "evil.Evil", "AutoConfig": "evil.Evil"}}
    (folder / "config.json").write_text(json.dumps({**config, **remote}))
    (folder / "model.safetensors").unlink()
    pickled = b"cpathlib\nPath\n(S'" + str(canary).encode() + b"'\ntR(dp0\nb."
    (folder / "pytorch_model.bin").write_bytes(pickled)

    with pytest.raises(ConfigurationError):
        CrossEncoder(folder).readings(PAIRS[:1])

    assert not canary.exists()


def test_making_one_loads_nothing(folder):
    code = (
        "import sys; from pathlib import Path; from writer.embedding.entailment import CrossEncoder; "
        f"CrossEncoder(Path({str(folder)!r})).described(); assert 'torch' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
