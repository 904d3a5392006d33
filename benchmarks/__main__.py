"""Figures beside their limits, measured in one run on this machine: `make bench ARGS="pages --projects 20000"`.

Absolute numbers differ by machine and hour; only the ratios compare.
"""

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("what", choices=["pages", "digests", "portfolio", "all"], nargs="?", default="all")
    parser.add_argument("--people", type=int, default=1000, help="recipients of digests")
    parser.add_argument("--news", type=int, default=500, help="projects with news, for the digests")
    parser.add_argument("--projects", type=int, default=20_000, help="projects behind the pages")
    parser.add_argument("--cities", type=int, default=500, help="cities behind the pages")
    parser.add_argument("--teams", type=int, default=200, help="teams of the portfolio, with five projects each")
    parser.add_argument("--opening", type=int, default=500, help="teams for which a period of check-ins is opened")
    options = parser.parse_args()
    # Servers and a database of its own, as the tests have; nothing of a portal is touched.
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from benchmarks import digests, pages, portfolio

    if options.what in ("pages", "all"):
        pages.main(options.cities, options.projects)
    if options.what in ("portfolio", "all"):
        portfolio.main(options.teams, options.opening)
    if options.what in ("digests", "all"):
        digests.main(options.people, options.news)


if __name__ == "__main__":
    main()
