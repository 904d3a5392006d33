"""Figures beside their limits, measured in one run on this machine: `make bench ARGS="--people 1000"`.

Absolute numbers differ by machine and hour; only the ratios compare.
"""

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--people", type=int, default=1000, help="recipients of digests")
    parser.add_argument("--projects", type=int, default=500, help="projects with news")
    options = parser.parse_args()
    # Servers and a database of its own, as the tests have; nothing of a portal is touched.
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from benchmarks import digests

    digests.main(options.people, options.projects)


if __name__ == "__main__":
    main()
