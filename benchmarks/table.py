"""What was measured, as rows and a table: every benchmark speaks through this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: a value with its unit, and perhaps a ratio (`against` says of what) with its target."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""
    target: float | None = None
    at_most: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the ratio keeps the target; None where there is none."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def show(title: str, rows: Sequence[Row]) -> str:
    """The rows as a table of plain text, with every missed target marked."""
    lines = [("", "measured", "", "ratio", "", "target", "")]
    for row in rows:
        mark = {None: "", True: "ok", False: "MISSED"}[row.ok]
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        target = "" if row.target is None else f"{'≤' if row.at_most else '≥'} {row.target:g}"
        lines.append(
            (
                row.name,
                f"{row.value:,.4g}" if row.value < 1000 else f"{row.value:,.0f}",
                row.unit,
                ratio,
                row.against,
                target,
                mark,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    numeric = {1, 3, 5}
    drawn = [
        "  ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([title, "-" * len(title), *drawn, ""])


def paired(contenders: Mapping[str, Callable[[], object]], passes: int = 7) -> dict[str, list[float]]:
    """Seconds of each pass for each contender, taken in turns so that a slow moment of the machine hits all alike."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(passes):
        for name, run in contenders.items():
            began = perf_counter()
            run()
            took[name].append(perf_counter() - began)
    return took


def times_faster(took: Mapping[str, Sequence[float]], ours: str, theirs: str) -> float:
    """How many times faster ours is: the median of the ratios pass by pass."""
    return median(their / our for our, their in zip(took[ours], took[theirs], strict=True))


def p99(values: Sequence[float]) -> float:
    """What ninety-nine of a hundred stay below."""
    return quantiles(values, n=100)[98]


def p95(values: Sequence[float]) -> float:
    """What nineteen of twenty stay below."""
    return quantiles(values, n=20)[18]
