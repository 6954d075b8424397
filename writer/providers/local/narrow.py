"""Linear layers for few rows on a processor: as weight times input, not input times weight.

The library behind torch there copies the whole weight for each product of two to four rows, which costs more than the
product. The other way round it copies the input. Measured in float32, single products of four rows take half the time,
and those of one row, doubled, a quarter less; of a whole model's token that is a tenth.
"""

import torch

_FEW = 4


class Narrow(torch.nn.Linear):  # type: ignore[misc]  # torch is untyped here
    def forward(self, given: torch.Tensor) -> torch.Tensor:
        rows = given.numel() // given.shape[-1]
        if rows > _FEW:
            return super().forward(given)
        flat = given.reshape(rows, -1)
        wide = torch.cat((flat, flat)) if rows == 1 else flat
        found = (self.weight @ wide.T)[:, :rows].T
        found = found if self.bias is None else found + self.bias
        return found.reshape(*given.shape[:-1], -1)


def narrow(model: torch.nn.Module) -> None:
    """In place: the weights stay where they are."""
    if not torch.backends.mkl.is_available():
        return
    for module in model.modules():
        if type(module) is torch.nn.Linear and module.weight.dtype is torch.float32:
            module.__class__ = Narrow
