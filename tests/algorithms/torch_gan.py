"""The same game written in torch, as its tutorials write it: two losses, two optimizers."""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as crossentropy

from tests.algorithms.gan_values import RATES, SIDE


def twin(weights):
    """(parameters, forward) of tanh nets with one hidden layer."""
    parameters = [torch.tensor(np.array(w), requires_grad=True) for w in weights]
    first, bias, second, offset = parameters
    return parameters, lambda x: torch.tanh(x @ first + bias) @ second + offset


def losses(adversarial_loss, real, fake):
    """Of the discriminator, and of the generator as a function of the logits."""
    ones, zeros = torch.ones_like(real), torch.zeros_like(real)
    if adversarial_loss in ("non_saturating", "minimax"):
        against = crossentropy(real, ones) + crossentropy(fake, zeros)
    elif adversarial_loss == "least_squares":
        against = ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2
    elif adversarial_loss == "hinge":
        against = torch.relu(1 - real).mean() + torch.relu(1 + fake).mean()
    else:
        against = fake.mean() - real.mean()
    own = {
        "non_saturating": lambda f: crossentropy(f, ones),
        "minimax": lambda f: -crossentropy(f, zeros),
        "least_squares": lambda f: ((f - 1) ** 2).mean() / 2,
    }.get(adversarial_loss, lambda f: -f.mean())
    return against, own


def steps(
    generator,
    discriminator,
    pixels,
    noise,
    *,
    count,
    adversarial_loss,
    gradient_penalty=0.0,
    r1=0.0,
):
    """Weights of both after some steps of gradient descent with momentum 1/2."""
    theirs, judge = twin(discriminator)
    ours, make = twin(generator)
    optimizers = [
        torch.optim.SGD(p, lr=rate, momentum=0.5)
        for p, rate in zip((theirs, ours), RATES, strict=True)
    ]
    real = torch.tensor(pixels.reshape(-1, SIDE * SIDE).astype("float32") / 127.5 - 1)
    for _ in range(count):
        fake = torch.tanh(make(torch.tensor(noise)))
        against, own = losses(adversarial_loss, judge(real), judge(fake.detach()))
        if gradient_penalty:
            between = (0.3 * real + 0.7 * fake.detach()).requires_grad_()
            (slope,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
            against = against + gradient_penalty * ((slope.norm(dim=1) - 1) ** 2).mean()
        if r1:
            point = real.clone().requires_grad_()
            (slope,) = torch.autograd.grad(judge(point).sum(), point, create_graph=True)
            against = against + r1 / 2 * (slope**2).sum(dim=1).mean()
        gradients = [
            torch.autograd.grad(against, theirs),
            torch.autograd.grad(own(judge(fake)), ours),
        ]
        for optimizer, parameters, slopes in zip(
            optimizers, (theirs, ours), gradients, strict=True
        ):
            for parameter, slope in zip(parameters, slopes, strict=True):
                parameter.grad = slope
            optimizer.step()
    return [p.detach().numpy() for p in ours], [p.detach().numpy() for p in theirs]
