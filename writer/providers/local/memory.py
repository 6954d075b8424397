"""How much memory a model needs before it is loaded, whether that is there, and which smaller choice would do."""

from collections.abc import Iterator
from dataclasses import replace

from writer.domain.ports.local_models import DeviceOffer, LocalChoice, MemoryEstimate, Precision, Quantisation
from writer.providers.local import devices
from writer.providers.local.weights import Weights

_BYTES = {Precision.FLOAT32: 4.0, Precision.BFLOAT16: 2.0, Precision.FLOAT16: 2.0}
_QUANTISED = {Quantisation.INT8: 1.0, Quantisation.INT4: 0.5}
_READING_COLUMNS = 512
_SPARE = 4 / 3
"""The blocks of keys and values grow by a third at a time."""
LEAST_CONTEXT = 2048


def estimated(weights: Weights, choice: LocalChoice, found: list[DeviceOffer], limit: int | None) -> MemoryEstimate:
    """`limit`: bytes that may be used although more are free. Raises UserMistake for what is not offered."""
    decided = _decided(weights, choice, found)
    offer = devices.chosen_device(decided.device, found)
    estimate = _figures(weights, decided, _free(offer, limit))
    smaller = () if estimate.fits else tuple(_smaller(weights, decided, found, limit))
    return replace(estimate, smaller=smaller, sentence=_sentence(estimate, smaller, offer))


def cache_bytes(weights: Weights, precision: Precision, tokens: int) -> int:
    return int(weights.per_token * _BYTES[precision] * tokens * _SPARE)


def _decided(weights: Weights, choice: LocalChoice, found: list[DeviceOffer]) -> LocalChoice:
    offer = devices.chosen_device(choice.device, found)
    devices.check_quantisation(choice.quantisation, offer)
    precision = devices.chosen_precision(choice.precision, weights.stored, offer)
    # A processor multiplies by eight-bit weights quickly in this precision only.
    on_cpu = offer.name == "cpu" and choice.quantisation is not Quantisation.NONE
    return replace(
        choice,
        device=offer.name,
        precision=Precision.BFLOAT16 if on_cpu else precision,
        context=min(choice.context or weights.tokens, weights.tokens or choice.context),
        together=max(1, choice.together),
    )


def _figures(weights: Weights, choice: LocalChoice, free: int) -> MemoryEstimate:
    size = _BYTES[choice.precision]
    whole = weights.numbers * size
    kept = whole - weights.linear * max(0.0, size - _QUANTISED.get(choice.quantisation, size))
    # One tensor at a time is turned into another precision, or into eight bits.
    peak = whole + weights.largest * 4
    reading = _READING_COLUMNS * 4 * (weights.vocabulary // 128 + 4096)
    cache = cache_bytes(weights, choice.precision, choice.context * choice.together) + reading
    needed = max(peak, kept + cache_bytes(weights, choice.precision, min(choice.context, LEAST_CONTEXT)) + reading)
    fits = not free or needed <= free
    return MemoryEstimate(choice, int(kept), int(peak), cache, free, fits, "")


def _free(offer: DeviceOffer, limit: int | None) -> int:
    return offer.free_bytes if limit is None else max(1, min(limit, offer.free_bytes or limit))


def _smaller(
    weights: Weights, choice: LocalChoice, found: list[DeviceOffer], limit: int | None
) -> Iterator[LocalChoice]:
    offer = devices.chosen_device(choice.device, found)
    for other in _steps_down(choice, offer):
        if _figures(weights, other, _free(offer, limit)).fits:
            yield other


def _steps_down(choice: LocalChoice, offer: DeviceOffer) -> Iterator[LocalChoice]:
    halves = [half for half in (Precision.BFLOAT16, Precision.FLOAT16) if half in offer.precisions]
    precision = halves[0] if choice.precision is Precision.FLOAT32 and halves else choice.precision
    fewer = [q for q in (Quantisation.INT8, Quantisation.INT4) if q in offer.quantisations]
    if precision is not choice.precision:
        yield replace(choice, precision=precision)
    for quantisation in fewer:
        yield replace(choice, precision=precision, quantisation=quantisation)
    if choice.context > LEAST_CONTEXT:
        last = fewer[-1] if fewer else choice.quantisation
        yield replace(choice, precision=precision, quantisation=last, context=LEAST_CONTEXT, together=1)


def _sentence(estimate: MemoryEstimate, smaller: tuple[LocalChoice, ...], offer: DeviceOffer) -> str:
    choice = estimate.choice
    need = (
        f"The model needs about {gigabytes(estimate.peak)} to be loaded on {offer.title} in {choice.precision}"
        f"{_fewer(choice)}, then {gigabytes(estimate.weights)}, and up to {gigabytes(estimate.cache)} more for "
        f"{choice.together} full contexts of {choice.context:,} tokens."
    )
    if not estimate.free:
        return f"{need} How much is free is not known."
    there = f"{gigabytes(estimate.free)} {'is' if estimate.fits else 'are'} free"
    if estimate.fits:
        return f"{need} There is room: {there}."
    advice = f"Choose {described(smaller[0])} instead." if smaller else "Choose a smaller model."
    return f"{need} That does not fit: only {there}. {advice}"


def described(choice: LocalChoice) -> str:
    return f"{choice.precision}{_fewer(choice)} with a context of {choice.context:,} tokens, {choice.together} at once"


def _fewer(choice: LocalChoice) -> str:
    return "" if choice.quantisation is Quantisation.NONE else f" with weights in {choice.quantisation}"


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"
