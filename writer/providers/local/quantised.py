"""Linear layers with weights in eight bits: a scale for each output, the products in bfloat16.

Half the memory of bfloat16, and twice its speed for few rows. torch's own dynamic quantisation is deprecated, and
quantises the inputs too.
"""

import torch

_FEW = 16
"""Rows up to which torch's product of eight-bit weights is quicker than widening them first."""


class Linear8(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        scale = (weight.float().abs().amax(1) / 127).clamp(min=1e-12)
        self.register_buffer("weight", (weight.float() / scale[:, None]).round().to(torch.int8))
        self.register_buffer("scale", scale.to(weight.dtype))
        self.bias = linear.bias

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        flat = given.reshape(-1, given.shape[-1])
        if flat.shape[0] <= _FEW:
            found = torch._weight_int8pack_mm(flat.contiguous(), self.weight, self.scale)
            found = found if self.bias is None else found + self.bias
        else:
            found = torch.nn.functional.linear(flat, self.weight.to(given.dtype) * self.scale[:, None], self.bias)
        return found.reshape(*given.shape[:-1], -1)


def quantise(model: torch.nn.Module) -> None:
    """In place, one layer after another. The output layer is left whole: it costs little and decides about words."""
    last = model.get_output_embeddings()
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is torch.nn.Linear and child is not last:
                setattr(parent, name, Linear8(child))
