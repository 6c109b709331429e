# LeadLens in a container. The two base images are arguments, so that a build without Docker Hub can
# bring its own (see CONTRIBUTING.md, "The image").
ARG BUILD_IMAGE=docker.io/library/rust:1.95-bookworm
ARG RUN_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
# The dependencies alone, in a layer that changes with Cargo.toml, Cargo.lock and crates/ only. The
# manifest names the benches, so they have to be there, empty.
COPY Cargo.toml Cargo.lock ./
COPY crates crates
RUN mkdir -p src && echo 'fn main() {}' > src/main.rs && : > src/lib.rs \
    && sed -n 's/^path = "\(benches.*\)"$/\1/p' Cargo.toml | while read -r bench; do \
         mkdir -p "$(dirname "$bench")" && : > "$bench"; done \
    && cargo build --profile dist --locked --bin leadlens \
    && rm -rf src
COPY build.rs ./
COPY src src
COPY prompts prompts
COPY migrations migrations
COPY lens/weights lens/weights
COPY assets assets
# Newer than the stub's, or cargo would keep the stub.
RUN find src prompts migrations lens -exec touch {} + && cargo build --profile dist --locked --bin leadlens

FROM ${RUN_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 leadlens \
    && useradd --system --uid 10001 --gid leadlens --home-dir /data --shell /usr/sbin/nologin leadlens \
    && install -d -o leadlens -g leadlens -m 0700 /data
COPY LICENSE-MIT LICENSE-APACHE lens/NOTICE src/coach/calendar/windows_zones.LICENSE src/slack/inbound/emoji.LICENSE /usr/share/doc/leadlens/
COPY --from=build /src/target/dist/leadlens /usr/local/bin/leadlens
ENV DATABASE_URL=sqlite:///data/leadlens.db LEADLENS_LISTEN=0.0.0.0:3000 LEADLENS_LOG_FORMAT=json
USER leadlens
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["leadlens", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["leadlens"]
CMD ["serve"]
