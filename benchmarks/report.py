"""One line a figure: what was measured, what came out, what was wanted."""


def line(figure: str, measured: str, wanted: str, ok: bool) -> None:
    print(f"{'ok ' if ok else 'NOT'}  {figure:<78} {measured:>16}   wanted {wanted}", flush=True)


def at_most(figure: str, value: float, wanted: float, unit: str = "") -> None:
    line(figure, f"{value:.3g}{unit}", f"<= {wanted:g}{unit}", value <= wanted)


def at_least(figure: str, value: float, wanted: float, unit: str = "") -> None:
    line(figure, f"{value:.3g}{unit}", f">= {wanted:g}{unit}", value >= wanted)


def exactly(figure: str, value: int, wanted: int) -> None:
    line(figure, str(value), f"= {wanted}", value == wanted)
