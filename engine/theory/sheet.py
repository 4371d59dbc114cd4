"""The formula sheet: the closed forms of this package, each with the function that computes it and its source."""

from typing import NamedTuple

from engine.theory import decay, floor, lengths, saturation, solvable


class Formula(NamedTuple):
    says: str
    latex: str
    name: str  # of the function in engine.theory
    source: str


OWN = "Derived here, from the update rule."
NIELSEN = "M. Nielsen, *Neural Networks and Deep Learning* (2015), chapter 3."
SREBRO = "N. Srebro, J. Rennie and T. Jaakkola, NIPS 17 (2004), for the network in the straight part of its units."
DU = "S. Du, W. Hu and J. Lee, NeurIPS 31 (2018), with decay added; cf. D. Kunin and others at ICLR (2021)."
SAAD = "D. Saad and S. Solla, Physical Review E 52, 4225 (1995), with decay added."

SHEET = {
    "Decay": (
        Formula("Share of a weight that decay takes per update", decay.DECAY_STEP, "decay_step", NIELSEN),
        Formula("Factor per update", decay.DECAY_FACTOR, "decay_factor", NIELSEN),
        Formula("Updates per epoch", decay.UPDATES_PER_EPOCH, "updates_per_epoch", "Counted."),
        Formula("Exact factor per epoch", decay.DECAY_PER_EPOCH, "decay_per_epoch", OWN),
        Formula("Claimed rate per epoch", decay.DECAY_RATE, "decay_rate", NIELSEN),
        Formula("Claimed size after T epochs", decay.CLAIM, "claimed_size", NIELSEN),
        Formula("Exact rate per epoch", decay.EXACT_RATE, "exact_decay_rate", "Expansion of the logarithm."),
        Formula("Relative error of the claim", decay.RELATIVE_ERROR, "claim_error", OWN),
        Formula("Bounds of the exact factor", decay.BRACKET, "decay_bracket", "From ε ≤ −ln(1 − ε) ≤ ε/(1 − ε)."),
        Formula("Epochs in which decay leaves the share r", decay.DECAY_TIME, "decay_time", OWN),
        Formula("With momentum", decay.MOMENTUM, "momentum_decay_factor", "Characteristic equation of heavy-ball momentum."),
    ),
    "Saturation at the start": (
        Formula("Variance of a pre-activation", saturation.PREACTIVATION_VARIANCE, "preactivation_variance", OWN),
        Formula("Mean slope of a sigmoid unit", saturation.MEAN_SLOPE, "mean_slope", "The slope replaced by a normal curve."),
        Formula("Mean squared slope", saturation.MEAN_SQUARED_SLOPE, "mean_squared_slope", "Likewise."),
        Formula("Mean squared activation", saturation.MEAN_SQUARED_ACTIVATION, "mean_squared_activation", "From σ′ = σ − σ²."),
        Formula("Variance at the output", saturation.OUTPUT_VARIANCE, "output_variance", OWN),
        Formula("λ equal to the pull on hidden weights", saturation.HIDDEN_PULL, "hidden_pull", OWN),
        Formula("λ equal to the pull on output weights", saturation.OUTPUT_PULL, "output_pull", OWN),
        Formula("λ equal to the noise of mini-batches", saturation.NOISE_HEATING, "noise_heating", OWN),
    ),
    "The floor": (
        Formula("Three candidates", floor.CANDIDATES, "candidates", "The question; the book; desaturation."),
        Formula("Where a weight stands still", floor.STATIONARY, "stationary_weight", OWN),
        Formula("Smallest weights for unit variance", floor.COHERENT_SIZE, "coherent_size", OWN),
        Formula("Size while the draw fades", floor.SIZE_COURSE, "size_course", OWN),
        Formula("The knee", floor.KNEE, "knee", OWN),
        Formula("λ of collapse", floor.COLLAPSE, "collapse_threshold", OWN),
        Formula("Noise in flat directions", floor.NOISE_FLOOR, "noise_floor", "T. van Laarhoven, arXiv:1706.05350 (2017)."),
        Formula("Norm of a linear network", floor.LINEAR_FLOOR, "linear_floor", "Cf. A. Krogh and J. Hertz, NIPS 4 (1991)."),
        Formula("Its rms", floor.LINEAR_RMS, "linear_rms", "The same norm, shared."),
        Formula("L2 as a prior", floor.PRIOR, "prior_deviation", "Most probable weights under a normal prior."),
    ),
    "Lengths of the layers": (
        Formula("Squared length of a layer at rest", lengths.LENGTH_AT_REST, "length_at_rest", OWN),
        Formula("Neighbouring layers at rest", lengths.LENGTH_RATIO, "length_ratio", OWN),
        Formula("The factor of a unit", lengths.FACTOR, "length_factor", OWN),
        Formula("With ReLU units", lengths.RELU_LENGTHS, "length_factor", DU),
        Formula("Clock of the difference", lengths.CLOCK, "difference_left", DU),
        Formula("Its steps, exactly", lengths.CLOCK_STEP, "difference_terms", OWN),
        Formula("Wide network at rest", lengths.WIDE_PROBLEM, "wide_length", SREBRO),
        Formula("Its rms", lengths.WIDE_RMS, "wide_rms", "The same length, shared by a layer’s weights."),
    ),
    "Solvable models": (
        Formula("Course of an erf unit", solvable.ERF_COURSE, "erf_course", SAAD),
        Formula("Its three functions", solvable.ERF_DRIFTS, "overlap_drift, norm_drift, norm_noise", SAAD),
        Formula("Floor of online ridge regression", solvable.RIDGE_FLOOR, "ridge_floor", "First two moments, exactly."),
    ),
}
