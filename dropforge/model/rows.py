"""Single rows, each predicted or refused for itself, with all that there is to say of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dropforge.errors import RowsUnreadableError
from dropforge.model.answer import given_text
from dropforge.model.columns import nearest
from dropforge.model.model import Answer, Model
from pipeline.errors import ColumnMismatchError
from pipeline.wording import listed, quoted
from scoring.words import PREDICTION, PROBABILITY

Row = Mapping[str, Any]
Told = dict[str, Any]
_SHOWN = 20


class Predictor:
    """Answers rows of which some columns may be left out.

    Parameters
    ----------
    reasons : how many a row has.
    """

    def __init__(self, model: Model, reasons: int) -> None:
        self.model, self._reasons = model, reasons
        self._known = dict.fromkeys([*model.columns, *model.known])

    def pair(self, text: str) -> tuple[str, str]:
        """Part COLUMN=VALUE; a column's own name may have an equals sign."""
        names = [name for name in self._known if text.startswith(f"{name}=")]
        if names:
            name = max(names, key=len)
            return name, text[len(name) + 1 :]
        name, _, value = text.partition("=")
        return name.strip(), value

    def told(self, rows: Sequence[Row | Exception | None]) -> list[Told | Exception | None]:
        """Answer rows; what is no row stays as it is, and a row that is refused is its error."""
        checked = [self._checked(row) if isinstance(row, Mapping) else row for row in rows]
        answers = iter(self._told([row for row in checked if isinstance(row, Mapping)]))
        return [next(answers) if isinstance(row, Mapping) else row for row in checked]

    def _told(self, rows: Sequence[Row]) -> Sequence[Told | Exception]:
        """Answer rows together; a value that is none refuses all, so halves are asked apart."""
        if not rows:
            return []
        try:
            return self._answers(rows)
        except RowsUnreadableError as error:
            if len(rows) == 1:
                return [error]
        half = len(rows) // 2
        return [*self._told(rows[:half]), *self._told(rows[half:])]

    def _checked(self, row: Row) -> Row | Exception:
        unknown = [name for name in row if name.strip() not in self._known]
        if not unknown:
            return row
        hints = [f"{quoted(name)}{self._hint(name)}" for name in unknown[:_SHOWN]]
        return ColumnMismatchError(
            f"the model knows no column {', '.join(hints)}; its columns are "
            f"{listed(self.model.columns, _SHOWN)}"
        )

    def _hint(self, name: str) -> str:
        near = nearest(name, self.model.columns)
        return f" (is it {quoted(near)}?)" if near else ""

    def _answers(self, rows: Sequence[Row]) -> list[Told]:
        named = [{name.strip(): value for name, value in row.items()} for row in rows]
        columns = self.model.columns
        whole = [{name: row.get(name) for name in columns} for row in named]
        answer = self.model.answer(whole, reasons=self._reasons)
        return [self._one(answer, number, row) for number, row in enumerate(named)]

    def _one(self, answer: Answer, number: int, row: Row) -> Told:
        values = {name: series[number] for name, series in answer.columns.items()}
        reasons = answer.reasons[number] if answer.reasons else []
        strays = [name for name, stray in answer.rows.strays.items() if stray[number]]
        return {
            "prediction": values[PREDICTION],
            "probability": values.get(PROBABILITY),
            "probabilities": {name: values[f"{PROBABILITY}_{name}"] for name in self.model.classes},
            "reasons": [
                {
                    "column": reason.column,
                    "value": reason.value,
                    "contribution": reason.contribution,
                    "text": str(reason),
                }
                for reason in reasons
            ],
            "missing": [name for name in self.model.columns if name not in row],
            "warnings": [
                *(self.model.said_of_stray(name, given_text(row[name])) for name in strays),
                *answer.unexplained,
            ],
        }
