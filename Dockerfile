# CPU image. Same entry as `make run`; data lives in the volume at /data.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt constraints.txt ./
# The CPU build of PyTorch, see "Small installs" in the README: without it the image carries gigabytes of CUDA.
ARG PIP_EXTRA_INDEX_URL=""
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt -c constraints.txt

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 writer && mkdir /data && chown writer:writer /data
COPY --from=build /venv /venv
WORKDIR /app
COPY --chown=writer:writer streamlit_app.py ./
COPY --chown=writer:writer .streamlit .streamlit
COPY --chown=writer:writer pages pages
COPY --chown=writer:writer static static
COPY --chown=writer:writer writer writer
USER writer
ENV PATH=/venv/bin:$PATH WRITER_DATA_DIR=/data PYTHONUNBUFFERED=1 ORT_DISABLE_TELEMETRY=1
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/api/health', timeout=4)"]
CMD ["python", "-m", "writer", "serve", "--host", "0.0.0.0", "--port", "8501"]
