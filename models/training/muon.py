"""The Muon optimizer (Jordan et al., 2024) for weight matrices."""
import torch


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised by Newton-Schulz steps, for 2-D weights; matrices of one shape go as one batch.
    Scaled so that learning rates mean what they mean for AdamW."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    by_shape.setdefault(weight.shape, []).append(weight)
            for shape, weights in by_shape.items():
                updates = []
                for weight in weights:
                    state = self.state[weight]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(weight)
                    state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
                    updates.append(weight.grad.lerp(state["momentum"], group["momentum"]))
                update = orthogonalise(torch.stack(updates)) * (0.2 * max(shape) ** 0.5)
                for weight, change in zip(weights, update):
                    weight.mul_(1 - group["lr"] * group["weight_decay"]).add_(change, alpha=-group["lr"])


def orthogonalise(matrices):
    """Nearest semi-orthogonal matrices, roughly, in bfloat16: [n, rows, columns]."""
    flipped = matrices.shape[1] > matrices.shape[2]                    # the product of the short sides is the small one
    x = matrices.transpose(1, 2) if flipped else matrices
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    for _ in range(5):
        square = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.transpose(1, 2) if flipped else x).float()
