"""Explanations by captum 0.9 of the net behind `keras_dl.explanations` on torch; run there."""

import sys

import numpy as np
import torch
from captum import attr

from keras_dl import explanations
from tests.explanations.nets import SHAPE, convolutional, images


class Twin(torch.nn.Module):
    """The net of `convolutional` in torch, with the same weights; images are channels first."""

    def __init__(self, net):
        super().__init__()
        arrays = [torch.tensor(w) for w in net.get_weights()]
        self.first = torch.nn.Conv2d(SHAPE[-1], 4, 3, padding=1)
        self.last = torch.nn.Conv2d(4, 5, 3, padding=1)
        self.head = torch.nn.Linear(5, 3)
        self.rectify, self.pool = torch.nn.ReLU(), torch.nn.MaxPool2d(2)
        self.rectify_last = torch.nn.ReLU()
        with torch.no_grad():
            for place, kernel, bias in zip(
                (self.first, self.last), arrays[:4:2], arrays[1:4:2], strict=True
            ):
                place.weight.copy_(kernel.permute(3, 2, 0, 1))
                place.bias.copy_(bias)
            self.head.weight.copy_(arrays[4].T)
            self.head.bias.copy_(arrays[5])

    def forward(self, x):
        """Logits (n, 3)."""
        maps = self.rectify_last(self.last(self.pool(self.rectify(self.first(x)))))
        return self.head(maps.mean(dim=(2, 3)))


def both(net, x, target):
    """Pairs (ours, captum's) by method."""
    twin = Twin(net).eval()
    tensor = torch.tensor(x.transpose(0, 3, 1, 2))

    def captum(explainer, **options):
        values = explainer.attribute(tensor, target=target, **options).detach().numpy()
        return values.transpose(0, 2, 3, 1)

    integrated = attr.IntegratedGradients(twin)
    return {
        "saliency": (
            explanations.saliency(net, x, target),
            captum(attr.Saliency(twin)).max(axis=-1),
        ),
        "integrated_gradients": (
            explanations.integrated_gradients(net, x, target, steps=20),
            captum(integrated, baselines=0.0, n_steps=20, method="riemann_middle"),
        ),
        "occlusion": (
            explanations.occlusion(net, x, target, size=2, stride=2, fill=0.0),
            -captum(attr.Occlusion(twin), sliding_window_shapes=(2, 2, 2), strides=(2, 2, 2))[
                ..., 0
            ],
        ),
        "gradcam": (
            explanations.gradcam(net, x, target),
            captum(attr.LayerGradCam(twin, twin.rectify_last), relu_attributions=True)[..., 0],
        ),
        "deconvnet": (
            explanations.deconvnet(net, x, target),
            captum(attr.Deconvolution(twin)),
        ),
        "guided_backprop": (
            explanations.guided_backprop(net, x, target),
            captum(attr.GuidedBackprop(twin)),
        ),
    }


if __name__ == "__main__":
    pairs = both(convolutional(), images(), 1)
    np.savez(
        sys.argv[1],
        **{
            f"{kind}_{n}": v
            for n, pair in pairs.items()
            for kind, v in zip("ab", pair, strict=True)
        },
    )
