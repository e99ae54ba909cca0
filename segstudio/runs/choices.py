"""The fields of a Recipe, in the order in which a training meets them: network, photos, learning, machine.

Each has a range, a unit where it has one, and one line of help: `segstudio recipes --fields`, the window's form and
docs/training.md are made of these.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

Fraction = Annotated[float, Field(ge=0, le=1)]

Loss = Literal["cross-entropy", "focal", "dice", "cross-entropy+dice", "ohem"]
Balance = Literal["none", "inverse", "median-frequency", "effective-number"]
Optimizer = Literal["sgd", "adam", "adamw"]
Schedule = Literal["poly", "cosine", "step", "halving", "one-cycle", "plateau", "constant"]


def _unit(unit: str) -> FieldInfo:
    info: FieldInfo = Field(json_schema_extra={"unit": unit})
    return info


class _NetworkChoices(BaseModel):
    """Which network, and what of it learns."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    description: str = Field("", description="What the recipe is good for, in one sentence.")

    head: str = Field("lraspp_mobilenet_v3_large", description="The network: see `segstudio heads`.")
    weights: str = Field(
        "auto",
        description="Where the weights start: coco, imagenet, none (random), auto (the best that is here or can"
        " be fetched), or the path of a weights file.",
    )
    auxiliary: bool = Field(False, description="Train an auxiliary classifier on an inner layer too.")
    auxiliary_weight: Annotated[float, Field(ge=0, le=10)] = Field(
        0.5, description="How much the auxiliary classifier's loss counts."
    )
    freeze_backbone: bool = Field(
        False, description="Train the classifier only; the backbone stays as it is."
    )
    unfreeze_after: Annotated[int, Field(ge=0, le=1_000_000), _unit("epochs")] = Field(
        0, description="With freeze_backbone: after so many epochs the backbone learns too; 0: never."
    )
    freeze_batch_norm: bool | Literal["auto"] = Field(
        "auto",
        description="Keep the backbone's batch-norms as they are: helps with batches of four and fewer. auto does so"
        " where the weights' batch-norms were folded into the convolutions, and not otherwise.",
    )
    batch_norm_momentum: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1,
        description="How fast batch-norm statistics follow; torchvision's MobileNetV3 has 0.01, too slow for short"
        " trainings.",
    )
    ema_decay: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0,
        description="Validate and keep a running average of the weights; this share of it stays at each step"
        " (0.99 for short trainings, 0.999 for long ones). 0: no average.",
    )


class _PhotoChoices(_NetworkChoices):
    """What is learnt, from which piece of which photo."""

    ignore_classes: tuple[str, ...] = Field(
        (), description="Classes whose pixels are left out of training, with commas between them."
    )
    merge: dict[str, str] = Field(
        default_factory=dict,
        description="Classes that are learnt as others, for example rope=person, with commas between them; the masks"
        " stay as they are.",
    )
    class_weights: Balance | dict[str, Annotated[float, Field(ge=0)]] = Field(
        "none",
        description="Weight of each class in the loss: none, inverse (of its pixel share),"
        " median-frequency (Eigen & Fergus 2015), effective-number (Cui and others 2019), or weights by name:"
        ' --set class_weights=sky=0,car=5, in quotes where a name has spaces: --set "class_weights=hot air=2,sky=0".',
    )
    effective_number_beta: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.999999,
        description="For effective-number: classes with many more than 1 / (1 − beta) pixels weigh the same.",
    )
    oversample_rare: Fraction = Field(
        0.0,
        description="Use photos more often that show a class which fewer photos than this share show (Gupta and"
        " others 2019); the epoch stays as long. 0: all the same.",
    )

    max_side_px: Annotated[int, Field(ge=0, le=65536), _unit("pixels")] = Field(
        1024, description="Photos with a longer side (pixels) are shrunk to it first; 0 keeps every pixel."
    )
    crop_px: Annotated[int, Field(ge=32, le=4096), _unit("pixels")] = Field(
        320, description="Side (pixels) of the square that is cut out of a photo at each step."
    )
    crops_per_photo: Annotated[int, Field(ge=1, le=10000)] = Field(
        1, description="How often each photo is used in one epoch: raise it for a handful of photos."
    )
    crops_on_labels: bool = Field(
        True, description="Lay a crop that would hold no labelled pixel where there are some."
    )
    scale_min: Annotated[float, Field(gt=0, le=10), _unit("times")] = Field(
        0.5, description="Smallest random enlargement."
    )
    scale_max: Annotated[float, Field(gt=0, le=10), _unit("times")] = Field(
        2.0, description="Largest random enlargement."
    )
    flip_horizontal: Fraction = Field(0.5, description="Probability of mirroring left and right.")
    flip_vertical: Fraction = Field(0.0, description="Probability of turning upside down.")
    brightness: Fraction = Field(0.3, description="Largest random change of brightness, as a fraction.")
    contrast: Fraction = Field(0.3, description="Largest random change of contrast, as a fraction.")
    saturation: Fraction = Field(0.3, description="Largest random change of saturation, as a fraction.")
    hue: Annotated[float, Field(ge=0, le=0.5)] = Field(
        0.0, description="Largest random turn of the hue, as a fraction of the colour circle."
    )
    blur: Fraction = Field(0.1, description="Probability of a slight Gaussian blur.")


class _LearningChoices(_PhotoChoices):
    """What is made small, by which steps, until when."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        60, description="How often all photos are used."
    )
    batch_size: Annotated[int, Field(ge=1, le=4096), _unit("crops")] = Field(
        8,
        description="Crops that go through the network together; where memory is short, fewer do, at the same step.",
    )
    accumulate: Annotated[int, Field(ge=1, le=4096), _unit("batches")] = Field(
        1, description="Batches whose gradients make one step together: a larger batch in the same memory."
    )
    loss: Loss = Field(
        "cross-entropy",
        description="What is made small: cross-entropy; focal, for many easy pixels; dice, for small things;"
        " cross-entropy+dice; or ohem, the hardest pixels only.",
    )
    focal_gamma: Annotated[float, Field(ge=0, le=10)] = Field(
        2.0, description="For focal: how much less a pixel counts that is already right."
    )
    dice_weight: Annotated[float, Field(ge=0, le=100)] = Field(
        1.0, description="For cross-entropy+dice: how much Dice counts beside the cross-entropy."
    )
    ohem_threshold: Annotated[float, Field(gt=0, le=1)] = Field(
        0.7, description="For ohem: a pixel is hard while its class has less than this probability."
    )
    ohem_least: Fraction = Field(
        0.0625, description="For ohem: the share of labelled pixels that count at least, the hardest first."
    )
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="Share of each pixel's label that is spread evenly over all classes; not with dice."
    )
    optimizer: Optimizer = Field("adamw", description="What moves the weights.")
    learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(5e-4, description="Largest step size.")
    backbone_learning_rate: Annotated[float, Field(ge=0, le=10), _unit("times")] = Field(
        0.1,
        description="The backbone's learning rate as a multiple of the classifier's: what it knows already is soon lost. A"
        " backbone that starts at random learns at the classifier's rate, where this is below 1.",
    )
    auxiliary_learning_rate: Annotated[float, Field(ge=0, le=100), _unit("times")] = Field(
        1.0, description="The auxiliary classifier's learning rate as a multiple of the classifier's."
    )
    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.9, description="Momentum of SGD.")
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(
        0.01, description="Pull of the weights to zero."
    )
    decay_norms: bool = Field(False, description="Decay the scales, offsets and biases too.")
    schedule: Schedule = Field(
        "poly",
        description="How the learning rate falls: poly, cosine, step, halving, one-cycle (rises first), plateau (when"
        " validation no longer gets better), or constant.",
    )
    poly_power: Annotated[float, Field(gt=0, le=10)] = Field(
        0.9, description="Exponent of the poly schedule."
    )
    step_epochs: Annotated[int, Field(ge=1), _unit("epochs")] = Field(
        20, description="Epochs between falls of the step and halving schedules."
    )
    step_factor: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="Factor of each fall of the step and plateau schedules."
    )
    halving_after: Annotated[int, Field(ge=0), _unit("epochs")] = Field(
        40, description="For halving: epochs at the full rate, before it is halved the first time."
    )
    one_cycle_rise: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3, description="For one-cycle: the share of the training in which the rate rises."
    )
    plateau_patience: Annotated[int, Field(ge=1), _unit("validations")] = Field(
        5, description="For plateau: validations without a better mIoU before the rate falls."
    )
    warmup_steps: Annotated[int, Field(ge=0), _unit("steps")] = Field(
        20,
        description="Steps in which the rate rises from zero before the schedule, half of all at most; one-cycle has none.",
    )
    clip_gradient: Annotated[float, Field(ge=0)] = Field(
        1.0,
        description="Largest gradient norm; it keeps small batches from upsetting a network. 0: no limit.",
    )
    early_stopping: Annotated[int, Field(ge=0), _unit("validations")] = Field(
        0, description="End the training after so many validations without a better mIoU; 0: never early."
    )


class MachineChoices(_LearningChoices):
    """How the machine is used, what is looked at and what is kept."""

    precision: Literal["auto", "fp32", "tf32", "bf16", "fp16"] = Field(
        "auto",
        description="Number format of the forward pass: auto takes bf16 or fp16 on a GPU, fp32 on a CPU; tf32 is fp32 with"
        " shorter factors, for GPUs from Ampere on.",
    )
    channels_last: bool = Field(True, description="Memory order that most processors prefer.")
    compile_network: bool = Field(
        False,
        description="Let torch.compile translate the network first: minutes at the start, faster steps.",
    )
    deterministic: bool = Field(
        False,
        description="Only operations that give the same on a GPU each time, where there are any; slower.",
    )
    workers: Annotated[int, Field(ge=-1, le=256), _unit("processes")] = Field(
        -1, description="Processes that prepare crops; -1 chooses by device, 0 uses the training process."
    )
    cache_mb: Annotated[int, Field(ge=0), _unit("MB")] = Field(
        4096, description="Memory (MB) for decoded photos; those beyond it are decoded at each use."
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="Start of all random numbers.")
    validate_every: Annotated[int, Field(ge=1), _unit("epochs")] = Field(
        1, description="Epochs between validations."
    )
    validation_photos: Annotated[int, Field(ge=0), _unit("photos")] = Field(
        0, description="Validate on so many photos, drawn once for the whole training; 0: on all."
    )
    log_every: Annotated[int, Field(ge=1), _unit("steps")] = Field(
        1, description="Steps between entries of the log; each tells the mean loss since the last."
    )
    checkpoint_every: Annotated[int, Field(ge=0), _unit("epochs")] = Field(
        0, description="Epochs between checkpoints that are kept for good; 0 keeps only best and last."
    )
    save_minutes: Annotated[float, Field(ge=0, le=1440), _unit("minutes")] = Field(
        1.0, description="Minutes between saves of last.pt: a crash costs this much work and no more."
    )
    previews: Annotated[int, Field(ge=0, le=64), _unit("photos")] = Field(
        3, description="Validation photos that are drawn anew after each validation."
    )
    tensorboard: bool = Field(
        False,
        description="Write for TensorBoard too, into the run's folder; needs pip install segstudio[tensorboard].",
    )
