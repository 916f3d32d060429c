"""Markdown of the lessons: question, predictions, command, and the answer behind a click."""

from keras_dl.lessons import Lesson, names, read

__all__ = ["lessons_page"]

INTRODUCTION = """# Lessons

A lesson asks a question, takes your prediction, trains what decides it in less than three minutes
on two cores, draws a figure and gives the answer. The numbers are measured on your machine: where
they do not bear out the answer, the command says so.

```sh
keras-dl lesson
keras-dl lesson xor
```
"""


def lessons_page() -> str:
    """Returns the page of all lessons."""
    return "\n".join([INTRODUCTION, *(_section(read(name)) for name in names())])


def _section(lesson: Lesson) -> str:
    predictions = "\n".join(f"{n}. {text}" for n, text in enumerate(lesson.predictions, start=1))
    recipes = sorted({quantity.recipe for quantity in lesson.quantities.values()})
    links = ", ".join(f"[{name}](gallery/{name}.md)" for name in recipes)
    facts = f" The figures of lecture and papers: `keras-dl facts {lesson.facts}`."
    return (
        f"## {lesson.title}\n\n{lesson.question}\n\n{predictions}\n\n"
        f"```sh\nkeras-dl lesson {lesson.name}\n```\n\n"
        f'??? success "Answer"\n    **{lesson.right}.** {lesson.answer}\n\n'
        f"    Recipe: {links}.{facts if lesson.facts else ''}\n"
    )
