"""Hyperparameters of SageMaker's XGBoost: defaults by task and size, the user's on top.

The defaults come from measurements on public datasets (ADR 0014, ADR 0056).
"""

from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.vocabulary import METRICS, Task
from table.columns.target import Target

_DEFAULTS = {
    "regression": ("reg:squarederror", "rmse"),
    "binary": ("binary:logistic", "logloss"),
    "multiclass": ("multi:softprob", "mlogloss"),
}
# Whose predictions are values or probabilities, which the metrics need: no margins as of
# binary:logitraw, no classes as of multi:softmax, no ranks or hazards.
_OBJECTIVES = {
    "regression": (
        *("reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror"),
        *("reg:squaredlogerror", "reg:gamma", "reg:tweedie", "reg:logistic", "count:poisson"),
    ),
    "binary": ("binary:logistic", "binary:hinge", "reg:logistic"),
    "multiclass": ("multi:softprob",),
}
_MAX_SEED = 2**31 - 2
"""The container takes seeds between -2^31 and 2^31-1, both excluded; a split's may be larger."""
SMALL_ROWS = 20_000
"""Below, other defaults and ranges of a search hold."""
TWICE_ROWS = 10_000
"""Below, a model is trained twice; after a search, which takes so much longer, below SMALL_ROWS."""
# Of small tables. Few interactions tell two classes apart that are hard to tell, and a choice of
# columns at each split, rather than one by tree, makes the trees differ more.
_SMALL: dict[str, dict[str, object]] = {
    "regression": {
        "num_round": 2000,
        "eta": 0.04,
        "max_depth": 5,
        "colsample_bytree": 0.8,
    },
    "binary": {
        "num_round": 2000,
        "eta": 0.04,
        "max_depth": 3,
        "colsample_bynode": 0.5,
    },
    # A round has a tree a class.
    "multiclass": {
        "num_round": 1000,
        "eta": 0.05,
        "max_depth": 5,
        "colsample_bytree": 0.8,
    },
}
_LARGE: dict[str, object] = {
    "num_round": 1000,
    "eta": 0.1,
    "max_depth": 6,
    "colsample_bytree": 0.8,
}
# What a linear model has no use for; XGBoost cannot cut its rounds off at the best.
_OF_TREES = {
    *("early_stopping_rounds", "max_depth", "min_child_weight"),
    *("subsample", "colsample_bytree", "colsample_bynode", "tree_method"),
}
# Sent beside the default, an alias could be the one of the two that does not count.
_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_alpha": "alpha",
    "reg_lambda": "lambda",
}


def check_metric(settings: Settings, task: Task) -> None:
    """Refuse a metric, or costs, that the task does not have.

    Raises
    ------
    SettingsError
    """
    metric = settings.get("metric")
    if metric is not None and metric not in METRICS[task]:
        raise SettingsError(
            f"pipeline.json sets metric {metric}, but the target makes the task {task}, whose "
            f"metrics are {', '.join(METRICS[task])}; choose one of them or delete metric"
        )
    if "costs" in settings and task != "binary":
        raise SettingsError(
            f"pipeline.json sets costs, which are of a false alarm and of a miss, but the target "
            f"makes the task {task}, which has neither; delete costs"
        )


def hyperparameters(target: Target, settings: Settings, train_rows: int) -> dict[str, str]:
    """Return the training job's hyperparameters, all of them text as SageMaker wants.

    Raises
    ------
    SettingsError
        The objective or the number of classes is not the task's.
    """
    objective, metric = _DEFAULTS[target.task]
    defaults: dict[str, object] = {
        "objective": objective,
        "eval_metric": metric,
        **(_SMALL[target.task] if train_rows < SMALL_ROWS else _LARGE),
        "early_stopping_rounds": _patience(target.task, settings, train_rows),
        "min_child_weight": 1,
        "subsample": 0.8,
        "tree_method": "hist",
        "seed": settings["split"]["seed"] % (_MAX_SEED + 1),
    }
    if target.task == "multiclass":
        defaults["num_class"] = len(target.classes or [])
    if settings["hyperparameters"].get("booster") == "gblinear":
        defaults = {name: value for name, value in defaults.items() if name not in _OF_TREES}
    chosen = own_of(settings)
    _check_task(target, chosen)
    return {name: _text(value) for name, value in (defaults | chosen).items()}


def _patience(task: Task, settings: Settings, train_rows: int) -> int:
    """Return the rounds without a gain that end a training.

    The low rates that a search tries gain little a round; several classes have a tree each.
    """
    slow = "tuning" in settings and task != "multiclass" and train_rows < SMALL_ROWS
    return 50 if slow else 30


def refits(settings: Settings, chosen: dict[str, str], train_rows: int) -> bool:
    """Tell whether the model is trained again on the validation rows as well.

    Parameters
    ----------
    chosen : the training job's hyperparameters.

    Raises
    ------
    SettingsError
        The settings ask for what cannot be done.
    """
    rounds_are_found = "early_stopping_rounds" in chosen
    # Several instances share a channel's files, and here there is one.
    possible = rounds_are_found and settings["instance_count"] == 1
    if settings.get("refit") and not possible:
        hindrance = "instance_count over 1" if rounds_are_found else "booster gblinear"
        raise SettingsError(
            f"pipeline.json sets refit true and {hindrance}, which do not go together; delete one "
            f"of them"
        )
    most = SMALL_ROWS if "tuning" in settings else TWICE_ROWS
    return possible and settings.get("refit", train_rows < most)


def own_of(settings: Settings) -> dict[str, object]:
    """Return the settings' hyperparameters, by the names that the container has for them."""
    return {_ALIASES.get(name, name): value for name, value in settings["hyperparameters"].items()}


def _check_task(target: Target, chosen: dict[str, object]) -> None:
    objectives = _OBJECTIVES[target.task]
    objective = chosen.get("objective", objectives[0])
    if objective not in objectives:
        raise SettingsError(
            f"pipeline.json sets the hyperparameter objective {objective}, but the target makes "
            f"the task {target.task}, whose objectives are {', '.join(objectives)}; choose one of "
            f"them or delete objective"
        )
    if chosen.get("csv_weights"):
        raise SettingsError(
            "pipeline.json sets the hyperparameter csv_weights, but the training data has no "
            "column of weights; delete csv_weights"
        )
    if chosen.get("booster") == "gblinear" and "early_stopping_rounds" in chosen:
        raise SettingsError(
            "pipeline.json sets the hyperparameters booster gblinear and early_stopping_rounds, "
            "which XGBoost cannot do together; delete one of them and set num_round"
        )
    classes = len(target.classes or []) if target.task == "multiclass" else None
    if chosen.get("num_class", classes) != classes:
        has = f"has {classes} classes" if classes else f"makes the task {target.task}"
        raise SettingsError(
            f"pipeline.json sets the hyperparameter num_class {chosen['num_class']}, but the "
            f"target {has}; delete num_class"
        )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
