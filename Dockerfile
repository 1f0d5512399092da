# One image for web, realtime, worker and beat: the command says which (see docker-compose.yml).
FROM python:3.11-slim-bookworm AS packages
WORKDIR /srv/tracker
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tracker \
 && install -d -m 0700 -o tracker -g tracker /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/tracker
COPY *.py ./
COPY tracker ./tracker
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA=/data
USER tracker
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/api/health/live', timeout=4)"]
CMD ["gunicorn", "wsgi:app"]
