"""Which training jobs of a tuning job are stopped, and what the search makes of their order."""

import threading

from tests.unit.cloud.sagemaker.stage import Stage, limits, never


def test_job_that_is_worse_than_others_is_stopped_early(stage: Stage) -> None:
    stage.tune(**limits(5, 1), TrainingJobEarlyStoppingType="Auto")
    for number in (1, 2, 3):
        stage.job_of(number).tell(1.0, 0.9)
        stage.job_of(number).end()
    stage.job_of(4).tell(3.0)
    worse = stage.played[3]
    assert worse.ended.wait(5)
    assert worse.record["TrainingJobStatus"] == "Stopped"
    stage.job_of(5).tell(0.5)
    never(lambda: stage.played[4].ended.is_set())
    stage.job_of(5).end()
    ended = stage.end()
    # What a stopped job has told counts, but it is not the best.
    assert ended["ObjectiveStatusCounters"]["Succeeded"] == 5
    assert ended["TrainingJobStatusCounters"]["Stopped"] == 1


def test_early_stopping_that_is_off_stops_nothing(stage: Stage) -> None:
    stage.tune(**limits(4, 1))
    for number in (1, 2, 3):
        stage.job_of(number).tell(1.0)
        stage.job_of(number).end()
    stage.job_of(4).tell(3.0)
    never(lambda: stage.played[3].ended.is_set())


def test_hyperband_stops_a_job_at_its_most_rounds(stage: Stage) -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 4}}
    stage.tune(**limits(1, 1), Strategy="Hyperband", StrategyConfig=resources)
    stage.job_of(1).tell(4.0, 3.0, 2.0)
    never(lambda: stage.played[0].ended.is_set())
    stage.job_of(1).tell(1.0)
    assert stage.played[0].ended.wait(5)


def test_best_of_a_maximum_is_the_highest_completed(stage: Stage) -> None:
    objective = {"Type": "Maximize", "MetricName": "validation:auc"}
    stage.tune(**limits(3, 3), HyperParameterTuningJobObjective=objective)
    for number, (value, status) in enumerate(
        ((0.7, "Completed"), (0.9, "Completed"), (0.95, "Stopped")), 1
    ):
        stage.job_of(number).curves["validation:auc"] = [value]
        stage.job_of(number).end(status)
    assert stage.end()["BestTrainingJob"]["TrainingJobName"] == stage.played[1].name


def test_seed_makes_a_parallel_search_independent_of_which_job_is_faster(stage: Stage) -> None:
    found, pause = [], threading.Event()
    for order in ((1, 2, 3, 4), (2, 1, 4, 3)):
        stage.played = []
        stage.tune(**limits(12, 2), Strategy="Bayesian", RandomSeed=5)
        for start in range(0, 12, 4):
            for number in order:
                played = stage.job_of(start + number)
                played.tell(abs(float(played.record["_tuned"]["eta"]) - 0.3))
                played.end()
                pause.wait(0.15)  # for long enough that the tuning job looks
        stage.end()
        found.append([each.record["_tuned"]["eta"] for each in stage.played])
    assert found[0] == found[1]


def test_hyperband_lets_a_job_of_so_many_rounds_end_by_itself(stage: Stage) -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 10}}
    stage.tune(**limits(1, 1), Strategy="Hyperband", StrategyConfig=resources)
    stage.job_of(1).tell(*(float(10 - n) for n in range(10)))
    never(lambda: stage.played[0].ended.is_set())
    stage.job_of(1).end()
    assert stage.end()["BestTrainingJob"]


def test_random_search_with_a_seed_does_not_wait_for_the_slower_job(stage: Stage) -> None:
    stage.tune(**limits(4, 2), RandomSeed=5)
    stage.job_of(2).tell(1.0)
    stage.job_of(2).end()
    stage.job_of(3)
