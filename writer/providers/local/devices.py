"""The devices that are there, what each does well, and how much memory it has left."""

import importlib.util
from pathlib import Path
from typing import Any

from writer.domain.errors import UserMistake
from writer.domain.ports.local_models import AUTO, DeviceOffer, Precision, Quantisation

_WHOLE = (Precision.FLOAT32, Precision.BFLOAT16)
_CGROUP = Path("/sys/fs/cgroup")


def offers() -> list[DeviceOffer]:
    """The best first. Imports torch."""
    import torch

    found = []
    if torch.cuda.is_available():
        found += [_cuda(torch, index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(
            DeviceOffer("mps", "Apple graphics", free_bytes("mps"), tuple(Precision)[1:], (Quantisation.NONE,))
        )
    eight = (Quantisation.INT8,) if quantises_on_cpu() else ()
    # float16 is not offered: processors without AVX512-FP16 are up to twenty times slower with it than with float32.
    found.append(DeviceOffer("cpu", "Processor", free_bytes("cpu"), _WHOLE, (Quantisation.NONE, *eight)))
    return found


def _cuda(torch: Any, index: int) -> DeviceOffer:
    precisions = [Precision.FLOAT32, Precision.FLOAT16]
    if torch.cuda.is_bf16_supported():
        precisions.insert(1, Precision.BFLOAT16)
    # Both packages must have been installed by whoever runs Writer: it does not bring them.
    packages = all(importlib.util.find_spec(name) for name in ("bitsandbytes", "accelerate"))
    fewer = (Quantisation.INT8, Quantisation.INT4) if packages else ()
    name = f"cuda:{index}"
    title = f"{torch.cuda.get_device_name(index)} ({name})"
    return DeviceOffer(name, title, free_bytes(name), tuple(precisions), (Quantisation.NONE, *fewer))


def quantises_on_cpu() -> bool:
    """Whether this torch multiplies by eight-bit weights on a processor, and rightly."""
    import torch

    if not hasattr(torch, "_weight_int8pack_mm"):
        return False
    weight = torch.arange(-64, 64, dtype=torch.int8).reshape(2, 64)
    given = torch.ones((1, 64), dtype=torch.bfloat16)
    try:
        found = torch._weight_int8pack_mm(given, weight, torch.tensor([0.5, 2.0], dtype=torch.bfloat16))
    except RuntimeError:
        return False
    return bool(torch.allclose(found.float(), (weight.float().sum(1) * torch.tensor([0.5, 2.0]))[None], rtol=0.02))


def chosen_device(name: str, found: list[DeviceOffer]) -> DeviceOffer:
    if name == AUTO:
        return found[0]
    for offer in found:
        if name in (offer.name, offer.name.partition(":")[0]):
            return offer
    there = ", ".join(offer.name for offer in found)
    raise UserMistake(f"This machine has no device “{name}” that Writer can use. There is: {there}.")


def chosen_precision(wanted: Precision, stored: str, offer: DeviceOffer) -> Precision:
    """AUTO: as stored where the device takes it; half precision on a processor only where it is built for it."""
    if wanted is not Precision.AUTO:
        if wanted not in offer.precisions:
            there = ", ".join(offer.precisions)
            raise UserMistake(f"{offer.title} is not used with {wanted}. Choose one of: {there}.")
        return wanted
    if stored == Precision.FLOAT32:
        return Precision.FLOAT32
    if offer.name == "cpu":
        return Precision.BFLOAT16 if _cpu_is_quick_with_bfloat16() else Precision.FLOAT32
    return Precision(stored) if stored in offer.precisions else Precision.FLOAT16


def check_quantisation(wanted: Quantisation, offer: DeviceOffer) -> None:
    if wanted not in offer.quantisations:
        there = ", ".join(offer.quantisations)
        raise UserMistake(f"{offer.title} does not run models in {wanted}. Choose one of: {there}.")


def _cpu_is_quick_with_bfloat16() -> bool:
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def free_bytes(device: str) -> int:
    """0 where it cannot be known."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    if device == "mps":
        import torch

        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return min((found for found in (_available(), _allowed()) if found), default=0)


def _available() -> int:
    """Of the machine, as Linux counts it; elsewhere what there is in all."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return _in_all()


def _in_all() -> int:
    import os

    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows
        return 0


def _allowed() -> int:
    """What a container's limit leaves; files that are cached in memory can be dropped."""
    try:
        most = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        stats = dict(line.split() for line in (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines())
    except (OSError, ValueError):
        return 0
    return 0 if most == "max" else max(1, int(most) - used + int(stats.get("inactive_file", 0)))
