# Not built in CI. See docs/deployment.md.
FROM python:3.11-slim

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# PyTorch's CPU wheels; plain PyPI would bring several gigabytes of CUDA.
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

WORKDIR /app
COPY constraints.txt ./
RUN pip install -c constraints.txt torch

COPY pyproject.toml README.md LICENSE ./
COPY kb ./kb
COPY indexer ./indexer
COPY web ./web
RUN pip install -c constraints.txt -e . \
 && pybabel --quiet compile --use-fuzzy -d web/translations
COPY content ./content

# The data folder lies inside the volume, not at its root: a restore renames it.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin shifu \
 && install -d -o shifu -g shifu -m 750 /data
USER shifu
VOLUME /data
ENV SHIFU_DATA_DIR=/data/shifu \
    SHIFU_CONTENT_DIR=/app/content \
    SHIFU_HOST=0.0.0.0

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('SHIFU_PORT', '8000') + '/healthz', timeout=4)"]
# SIGINT lets the site finish its answers and end its worker.
STOPSIGNAL SIGINT
CMD ["shifu", "serve"]
