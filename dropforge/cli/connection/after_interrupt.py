"""Says what becomes of a run that a command no longer waits for."""

from dropforge.cli.connection.connect import state_dir
from dropforge.environment import LOCAL
from dropforge.errors import FollowInterrupt


def what_next(run: str, env: str) -> str:
    """Return what to do next; to be asked when the command has left the cloud."""
    if env == LOCAL and not _is_up():
        return (
            "the local cloud was stopped with the command that started it, which cut the run "
            "short; start one that stays with `dropforge up`, then drop the file again"
        )
    hints = env_option(env)
    return (
        f"the run goes on: `dropforge show {run}{hints}` says how it stands, and "
        f"`dropforge fetch {run}{hints}` fetches its files when it is over"
    )


def interrupted(stop: KeyboardInterrupt) -> str:
    """Say what an interrupt stopped."""
    if not isinstance(stop, FollowInterrupt):
        return "stopped"
    if stop.is_over:
        return (
            f"stopped fetching; run {stop.run} is over: "
            f"`dropforge fetch {stop.run}{env_option(stop.env)}` fetches its files"
        )
    return f"stopped waiting for run {stop.run}; {what_next(stop.run, stop.env)}"


def env_option(env: str) -> str:
    """Return the option that makes another command work on the same environment."""
    return "" if env == LOCAL else f" --env {env}"


def _is_up() -> bool:
    from dropforge import cloud as clouds

    return clouds.running(state_dir()) is not None
