"""Builds the documentation site: `python docs/generator/build.py [--store URI] [--out FOLDER]`.

A link that leads nowhere is an error. No network is needed, and no page of the site needs one.
"""

import argparse
import logging
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = str(Path(__file__).parent)


def build(out: Path, store: str | None = None) -> None:
    """Builds the site.

    Args:
        out: folder to write.
        store: address of a tracking store whose runs and figures the gallery shows; None: the
            figures of README's table alone.

    Raises:
        mkdocs.exceptions.Abort: if there was a warning, such as a broken link.
    """
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(out.resolve()))
    config.extra["store"] = store
    config.plugins.on_startup(command="build", dirty=False)
    build_site(config)
    config.plugins.on_shutdown()


def main() -> None:
    """Reads the command line and builds the site."""
    parser = argparse.ArgumentParser(description="Builds the documentation site.")
    parser.add_argument("--store", metavar="URI", help="tracking store with runs of the recipes")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder to write")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        build(arguments.out, arguments.store)
    except ModuleNotFoundError as error:
        sys.exit(f"The site needs the extra docs: pip install -e '.[docs]' ({error})")
    print(arguments.out / "index.html")


if __name__ == "__main__":
    main()
