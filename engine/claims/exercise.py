"""The exercise in the book: how its three claims come out in the book's own examples, from the runs that ship."""

from engine import theory
from engine.datasets import SHAPES
from engine.statistics import interval
from engine.studies import book
from engine.verdicts import CONTROL, EVEN, MOST, SAME_SIZE, Outcome, decay_dominates, decay_per_epoch, scaled_start, tail_off
from engine.verdicts import book as verdicts

SMALL = next(iter(book.NETWORKS))
CANDIDATES = ("count", "root", "fan_in")
"""Of tail_off.CANDIDATES, names in the Markdown: 1/n_w, 1/√n_w and 1/√n_in."""

shipped = book.results
"""The finished runs, with what is stored beside them."""


def runs(hidden, epochs=None):
    """start -> Run of one network, whole or over its first so many epochs."""
    return {start: shipped().run(h) for start, h in book.arms(hidden, epochs or book.NETWORKS[hidden]).items()}


def graphed(hidden):
    """start -> Run of one network over the epochs of the book's graphs."""
    return runs(hidden, book.EPOCHS)


def extra(hidden, start):
    return shipped().extra[book.example(hidden, start)]


def portraits(start):
    """epoch -> hidden weights (units, inputs) of the first seed of the small network."""
    return dict(zip(book.PORTRAITS, extra(SMALL, start).portraits, strict=True))


def facts():
    """All that the page says of the runs that ship, by the names that pages/book.md has for it."""
    h, networks = book.arms(SMALL, book.EPOCHS)["large"], [_network(hidden) for hidden in book.NETWORKS]
    return {
        "h": h,
        "networks": networks,
        "small": networks[0],
        "large": networks[1],
        "made": shipped().made,
        "darker": shipped().made["images"] == book.DARKER,
        **_settings(h),
        **_criteria(h),
        **_verdict(networks),
        **_long(h),
        **_weights(h),
        **_accuracies(),
    }


def _settings(h):
    """What follows from the settings of the examples, and how long and from what they were trained."""
    eta, lam, n, m = h.symbols
    each = [book.example(hidden, "large") for hidden in book.NETWORKS]
    return {
        "graph_end": book.EPOCHS,
        "long_end": book.LONG,
        "unseen": SHAPES[h.dataset].n_validation,
        "blank": shipped().unused_inputs,
        "step": theory.decay_step(eta, lam, n),
        "rate": theory.decay_rate(eta, lam, m),
        "factor": theory.decay_per_epoch(eta, lam, n, m),
        "threshold": _threshold(h),
        "premises_met": all(all(verdicts.premises(one, _threshold(one)).values()) for one in each),
        "left_early": decay_dominates.left(h),
        "left": verdicts.size_left(h, book.EPOCHS),
        "left_long": verdicts.size_left(h, book.LONG),
        "soonest": verdicts.soonest(each, CANDIDATES.index("root")),
    }


def _threshold(h):
    return tail_off.collapse(h, shipped().top_singular_value)


def _criteria(h):
    """By which is judged."""
    return {
        "early": decay_dominates.FIRST,
        "most": MOST,
        "even": EVEN,
        "tolerance": decay_per_epoch.TOLERANCE,
        "around": tail_off.AROUND,
        "rest_epochs": tail_off.LAST,
        "horizon": tail_off.horizon(h),
        "same_size": SAME_SIZE,
        "same_accuracy": scaled_start.SAME_ACCURACY,
        "chance": verdicts.chance(),
    }


def _network(hidden):
    """Of one network: its verdicts over the epochs of the graphs, its weights and its accuracies."""
    h, runs_of, beside = book.example(hidden, "large"), graphed(hidden), extra(hidden, "large")
    judged = verdicts.judge(runs_of, beside.cost_alone, beside.accuracy_alone, _threshold(h))
    floors = tail_off.floors(runs_of)
    return {
        "name": "-".join(map(str, h.sizes)),
        "units": hidden[0],
        "judged": judged,
        "held": [(v.meaning, v.part) for v in judged[1] if verdicts.is_true(v)],
        "first_rate": _first_rate(judged[2], h.layer_names[-1]),
        "floors": floors,
        "rests": _rests(floors, judged[3]),
        "times": {part: _by_candidate(verdicts.decay_times(h, k)) for k, part in enumerate(h.layer_names)},
        "variances": {part: [_variances(hidden, start, k) for start in book.STARTS] for k, part in enumerate(h.layer_names)},
        "agreements": {start: _counts(_agreement(hidden, start)) for start in book.STARTS},
        "leads": {epoch: verdicts.lead(runs_of, epoch) for epoch in (1, book.EPOCHS)},
        "as_accurate": verdicts.as_accurate(runs_of, book.EPOCHS),
    }


def _by_candidate(values):
    return dict(zip(CANDIDATES, values, strict=True))


def _first_rate(rates, part):
    """What a layer does in the first epoch, and how many times as fast as decay alone."""
    v = next(v for v in rates if v.part == part)
    return {"way": "shrink" if v.measured.low >= 0 else "grow" if v.measured.high < 0 else "unknown", "ratio": v.ratio.mean}


def _rests(floors, judged):
    """Of every layer: its size over the book's where it is at rest, else what it still does, from the large start."""
    return [
        {
            "part": v.part,
            "epochs": v.epochs,
            "reached": floor.reached,
            "ratio": v.ratio.mean,
            "way": _way(floor.unopposed["large"]),
            "put_back": verdicts.put_back(floor),
            "outcome": v.outcome,
        }
        for floor, v in zip(floors, verdicts.at_the_books_size(judged), strict=True)
    ]


def _way(unopposed):
    return "unknown" if unopposed.low < 0 < unopposed.high else "grow" if unopposed.high < 0 else "shrink"


def _variances(hidden, start, layer):
    """Intervals of the variance of a layer before training and after the epochs of the graphs."""
    return [interval(extra(hidden, start).variance[:, k, layer]) for k in range(2)]


def _agreement(hidden, start):
    """The book's accuracies with ours."""
    return verdicts.agreement(book.published_accuracy(hidden, start), runs(hidden)[start].validation_accuracy)


def _counts(agreement):
    """Epochs of the book's outside our bands, and of our own seeds outside those of the others."""
    return {
        "epochs": len(agreement.outside),
        "outside": agreement.outside.sum(),
        "below": agreement.below,
        "own_median": verdicts.middle(agreement.ours),
        "own_most": agreement.ours.max(),
    }


def _verdict(networks):
    """What the verdicts of both networks say together."""
    rates = [v for network in networks for v in network["judged"][2]]
    drawn = {v.outcome for v in rates if v.epochs == book.EPOCHS and v.part == CONTROL}
    layers = {v.outcome for v in rates if v.epochs == book.EPOCHS and v.part != CONTROL}
    return {
        "borne_out": [k for k in (1, 2, 3) if all(verdicts.is_true(v) for network in networks for v in network["judged"][k])],
        "draw_exact": drawn == {Outcome.EXACT},
        "layers_fail": layers == {Outcome.FAILS},
        "all_moving": all(floor.rest == Outcome.NOT_AT_REST for network in networks for floor in network["floors"]),
    }


def _long(h):
    """What becomes of the small network when it is trained on."""
    runs_of = runs(SMALL)
    floors, judged = tail_off.floors(runs_of), tail_off.judge(runs_of, _threshold(h))
    of_book = verdicts.at_the_books_size(judged)
    return {
        "long_rests": _rests(floors, judged),
        "long_at_rest": all(floor.reached for floor in floors),
        "long_fails": {v.outcome for v in of_book} == {Outcome.FAILS},
        "late_epochs": verdicts.late_epochs(book.LONG),
        "stands": [
            {
                "floor": floor,
                "times": _by_candidate(verdicts.times(floor, h, layer)),
                "change": verdicts.late_change(runs_of["large"], layer),
            }
            for layer, floor in enumerate(floors)
        ],
    }


def _weights(h):
    """How the weights go."""
    large = graphed(SMALL)["large"]
    growth = [[verdicts.growth(extra(SMALL, start).variance[:, :, layer]) for start in book.STARTS] for layer in range(2)]
    return {
        "another": [book.ANOTHER[name] for name in h.layer_names],
        "grows": [[change > 0 for change in changes] for changes in growth],
        "opposite": growth[0][0] < 0 < growth[1][0],
        "near": _by_candidate(verdicts.nearest([graphed(hidden)["large"] for hidden in book.NETWORKS])),
        "output_left": decay_per_epoch.size_left(large, 1),
        "until": decay_per_epoch.last_epoch_within(large, 0, decay_per_epoch.TOLERANCE),
        "likeness": verdicts.likeness(*(extra(SMALL, start).portraits[-1] for start in book.STARTS)),
    }


def _accuracies():
    """How many of the book's accuracies are where ours say they should be."""
    found = [_agreement(hidden, start) for hidden in book.NETWORKS for start in book.STARTS]
    published, outside, by_chance = verdicts.together(found)
    own = [count for a in found for count in a.ours]
    return {
        "published": published,
        "outside": outside,
        "by_chance": by_chance,
        "own_least": min(own),
        "own_most": max(own),
    }


def live_facts(run, start):
    """Whether a seed of the reader's is of the same kind, as `mine`."""
    h, ours = run.hyperparameters, graphed(run.hyperparameters.hidden)[start]
    ends = zip(h.layer_names, run.weight_rms[0, -1], verdicts.expected_sizes(ours), strict=True)
    return {
        "mine": {
            "seed": h.seed,
            "epochs": run.epochs,
            "accuracy": run.validation_accuracy[0, -1],
            "outside": verdicts.agreement(run.validation_accuracy[0, 1:], ours.validation_accuracy).outside.sum(),
            "books_outside": _agreement(h.hidden, start).outside.sum(),
            "ends": [{"part": part, "size": size, "expected": expected} for part, size, expected in ends],
        }
    }
