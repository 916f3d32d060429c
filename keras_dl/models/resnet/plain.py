"""Plain nets: the residual nets of the CIFAR-10 experiments without their shortcuts.

Deeper plain nets have a larger training error, the degradation problem that residual nets solve; He
et al. 2015, arXiv:1512.03385, section 4.2 and figure 6, left.
"""

from functools import partial

from keras_dl.models.resnet.cifar import cifar_resnet

__all__ = ["PUBLISHED", "plain20", "plain32", "plain44", "plain56", "plain110"]

PUBLISHED = {
    "plain20": {
        "trainable_parameters": 269_722,
        "multiply_adds": 40_551_040,
        "activations": 594_186,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block3": (8, 8, 64), "logits": (10,)},
        "source": "as resnet20: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain32": {
        "trainable_parameters": 464_154,
        "multiply_adds": 68_862_592,
        "activations": 938_250,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block5": (8, 8, 64), "logits": (10,)},
        "source": "as resnet32: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain44": {
        "trainable_parameters": 658_586,
        "multiply_adds": 97_174_144,
        "activations": 1_282_314,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block7": (8, 8, 64), "logits": (10,)},
        "source": "as resnet44: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain56": {
        "trainable_parameters": 853_018,
        "multiply_adds": 125_485_696,
        "activations": 1_626_378,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block9": (8, 8, 64), "logits": (10,)},
        "source": "as resnet56: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain110": {
        "trainable_parameters": 1_727_962,
        "multiply_adds": 252_887_680,
        "activations": 3_174_666,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block18": (8, 8, 64), "logits": (10,)},
        "source": "as resnet110: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
}


plain20 = partial(cifar_resnet, blocks_per_stage=3, residual=False, name="plain20")
plain32 = partial(cifar_resnet, blocks_per_stage=5, residual=False, name="plain32")
plain44 = partial(cifar_resnet, blocks_per_stage=7, residual=False, name="plain44")
plain56 = partial(cifar_resnet, blocks_per_stage=9, residual=False, name="plain56")
plain110 = partial(cifar_resnet, blocks_per_stage=18, residual=False, name="plain110")
