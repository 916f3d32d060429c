"""The option `init_from`, checked before Keras is imported."""

from pathlib import Path

__all__ = ["check_init_from"]


def check_init_from(stated: object) -> None:
    """Refuses what is neither the id of a run nor a model file.

    Args:
        stated: id of a run, or its beginning, or path of a `.keras` file; None for neither.

    Raises:
        ValueError: names the option.
    """
    if stated is None or not isinstance(stated, str):
        return
    is_file = Path(stated).expanduser().is_file() and stated.endswith(".keras")
    if not is_file and (not stated or set(stated) - set("0123456789abcdef")):
        raise ValueError(
            "`init_from` must be the id of a run or an existing file whose name ends in .keras. "
            f"Received: init_from={stated!r}"
        )
