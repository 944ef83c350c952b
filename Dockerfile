# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
# Which lock is installed; with `--build-arg LOCK=dask` the one that has what vantage points need, too.
ARG LOCK=run
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/diag && python -m venv /opt/build
COPY requirements/run.lock requirements/dask.lock requirements/build.lock requirements/
RUN /opt/build/bin/pip install --require-hashes -r requirements/build.lock \
 && /opt/diag/bin/pip install --require-hashes -r "requirements/$LOCK.lock"
COPY pyproject.toml README.md LICENSE diag.example.yaml ./
COPY diag diag
COPY checks checks
RUN /opt/build/bin/python -m hatchling build -t wheel -d /tmp/wheel \
 && /opt/diag/bin/pip install --no-deps --no-index /tmp/wheel/*.whl \
 && /opt/diag/bin/pip uninstall -y pip \
 && mkdir /tmp/state

FROM python:3.13-slim
LABEL org.opencontainers.image.title="diag" \
      org.opencontainers.image.description="The doctor for Elasticsearch remote clusters" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/diag /opt/diag
# Where a volume for `daemon.history` is mounted: a new one gets this owner.
COPY --from=build --chown=65534:65534 /tmp/state /var/lib/diag
ENV PATH=/opt/diag/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DIAG_CONFIG=/etc/diag/diag.yaml \
    DIAG_LISTEN=0.0.0.0:9643
# A number, so that Kubernetes can check runAsNonRoot. The root file system may be read-only: nothing is written.
USER 65534:65534
WORKDIR /
EXPOSE 9643
# At the address of DIAG_LISTEN, whatever it is set to.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["diag", "health"]
ENTRYPOINT ["diag"]
CMD ["daemon"]
