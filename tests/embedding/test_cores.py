from pathlib import Path

import pytest

from writer.embedding.cores import MOST_WORKERS, worker_count


@pytest.fixture
def topology(tmp_path: Path) -> Path:
    """Four cores, each with two threads: CPUs 0 and 4 are halves of one."""
    for cpu in range(8):
        place = tmp_path / "cpus" / f"cpu{cpu}" / "topology"
        place.mkdir(parents=True)
        (place / "physical_package_id").write_text("0\n")
        (place / "core_id").write_text(f"{cpu % 4}\n")
    return tmp_path / "cpus"


def quota(folder: Path, said: str) -> Path:
    (folder / "cpu.max").write_text(said)
    return folder


def test_two_threads_of_one_core_count_once(topology: Path, tmp_path: Path) -> None:
    assert worker_count(range(8), topology, quota(tmp_path, "max 100000")) == 4


def test_only_the_cpus_that_the_process_may_use_count(topology: Path, tmp_path: Path) -> None:
    assert worker_count({1, 5}, topology, tmp_path) == 1


def test_a_container_gets_no_more_than_its_share(topology: Path, tmp_path: Path) -> None:
    assert worker_count(range(8), topology, quota(tmp_path, "150000 100000")) == 2


def test_without_a_word_from_the_system_each_cpu_is_a_core_up_to_a_limit(tmp_path: Path) -> None:
    assert worker_count(range(3), tmp_path, tmp_path) == 3
    assert worker_count(range(500), tmp_path, tmp_path) == MOST_WORKERS


def test_there_is_always_one(topology: Path, tmp_path: Path) -> None:
    assert worker_count({0}, topology, quota(tmp_path, "0 100000")) == 1
    assert worker_count() >= 1
