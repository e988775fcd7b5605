"""``dropforge events``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dropforge.cli.connection.connect import connected, docker_endpoint
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import TIMEOUT_SECONDS, Env, Json
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.progress import progress
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.events.container import (
    ENV_FILE,
    TEMPLATE_FILE,
    access,
    container_template,
    variables,
)
from dropforge.client.events.examples import (
    example_events,
    sample_run,
    score_sample,
    scored_sample,
)
from dropforge.client.events.steps import Execution
from dropforge.client.execution.follow import follow
from dropforge.client.inbox.sample import drop_sample
from dropforge.client.runs.results import check_out
from dropforge.client.stack import Stack
from dropforge.environment import LOCAL, PROJECT_ROOT
from dropforge.errors import RunUnfinishedError

_SHAPES = PROJECT_ROOT / "events"
_OUT = Path("dropforge-events")
_BUILT = PROJECT_ROOT / ".aws-sam/build/template.yaml"
_NOT_BUILT = "There is no build for containers; `make build`, then this command again, has one."
_NO_BRIDGE = (
    "Containers do not reach the local cloud; `dropforge down`, `dropforge up --docker`, then "
    "this command again, lets them."
)

Directory = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Where to write them; made if absent."),
]


def events(out: Directory = _OUT, env: Env = LOCAL, as_json: Json = False) -> None:
    """Write sample events for the functions of the stack, which name what is there.

    They are about a run of the sample; if there is none that ended, one is made first.
    Beside them lies what `sam local invoke` needs to run them in a container.
    """
    output = Output(as_json)
    with reported(output):
        check_out(out)
        with connected(env, output) as stack:
            execution = sample_run(stack, _SHAPES) or _made(stack, output)
            scored = scored_sample(stack, _SHAPES) or _scored(stack, execution, output)
            made = example_events(stack, execution, scored, _SHAPES)
            endpoint = docker_endpoint() if stack.environment.is_local else ""
            reached = access(stack, endpoint) if endpoint else {}
            environment = variables(stack, reached)
        out.mkdir(parents=True, exist_ok=True)
        for name, event in made.items():
            _write(out / f"{name}.json", event)
        _write(out / ENV_FILE, environment)
        template = _template(stack, reached, out, output)
        facts = {
            "run": execution.facts["name"],
            "files": {name: str((out / f"{name}.json").resolve()) for name in made},
            "env_vars": str((out / ENV_FILE).resolve()),
            "template": str(template.resolve()) if template else None,
        }
        shown = _shown(facts, stack, out, template)
        output.result(facts, lambda: [FactsText(shown, whole=shown)])


def _write(file: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")


def _template(stack: Stack, reached: dict[str, str], out: Path, output: Output) -> Path | None:
    """Return the template for `sam local invoke`, None if no container could run."""
    if not stack.environment.is_local:
        return _BUILT if _BUILT.is_file() else None
    file = out / TEMPLATE_FILE
    # What an earlier call wrote would lead to a cloud that is gone, or to an old build.
    file.unlink(missing_ok=True)
    if not reached:
        output.note(_NO_BRIDGE)
    elif not _BUILT.is_file():
        output.note(_NOT_BUILT)
    else:
        built = _BUILT.read_text(encoding="utf-8")
        made = container_template(built, _BUILT.parent, reached)
        file.write_text(made, encoding="utf-8")
        return file
    return None


def _made(stack: Stack, output: Output) -> Execution:
    output.note("No run of the sample has ended; dropping the sample first ...")
    dropped = drop_sample(stack)
    with progress(output.err) as show:
        follow(stack, dropped.run, show, limit=TIMEOUT_SECONDS, key=dropped.key)
    found = sample_run(stack, _SHAPES)
    if found is None:
        raise RunUnfinishedError(
            f"the sample's run {dropped.run} was not judged, so there is nothing to make events "
            f"of; `dropforge show {stack.argument(dropped.run)}` says why"
        )
    return found


def _scored(stack: Stack, execution: Execution, output: Output) -> Execution | None:
    """Score the sample's file; None if it has no model in use, so that nothing can be scored."""
    output.note("No file of the sample has been scored; scoring its own first ...")
    dropped = score_sample(stack, execution)
    with progress(output.err) as show:
        follow(stack.scoring(), dropped.run, show, limit=TIMEOUT_SECONDS, key=dropped.key)
    found = scored_sample(stack, _SHAPES)
    if found is None:
        output.note("It has no approved model, so the events of scoring are left out.")
    return found


def _shown(
    facts: dict[str, Any], stack: Stack, out: Path, template: Path | None
) -> dict[str, str | None]:
    event = out / "prepare-plan.json"
    return {
        "Events": f"{len(facts['files'])} in {out}",
        "Run": facts["run"],
        "Try": f"sam remote invoke PrepareFunction --stack-name {stack.environment.stack_name} "
        f"--event-file {event}",
        "In Docker": f"sam local invoke PrepareFunction --template {template} --event {event} "
        f"--env-vars {out / ENV_FILE}"
        if template
        else None,
    }
