#!/bin/sh
# Installs and starts what some tests need besides Node and Python; without it they say that they were skipped.
#
#   scripts/setup-services.sh        nginx and PostgreSQL from Debian's packages (as root, where one is missing), the
#                                    release lines of Node from npm, and a database for the tests
#   scripts/setup-services.sh stop   ends that database and removes it
#
# nginx is not started here: an audit starts it itself. The database is a cluster of its own in the temporary directory, at
# 127.0.0.1:54329, of the user postgres when this runs as root. Over the network it lets in one role, which owns one
# database and nothing else.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
place=${TMPDIR:-/tmp}/airworthy-postgresql-$(id -u)
port=54329
release_lines='22 24'
PATH=$PATH:/usr/sbin
cd /

programs() {
  find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

install_packages() {
  wanted=
  command -v nginx >/dev/null || wanted=nginx-light
  [ -n "$(programs)" ] || wanted="$wanted postgresql"
  [ -n "$wanted" ] || return 0
  [ "$(id -u)" = 0 ] || { echo "run it as root: apt-get has to install $wanted" >&2; return 1; }
  # Keep the packages from starting a server on port 80, and from making a cluster.
  policy=/usr/sbin/policy-rc.d
  clusters=/etc/postgresql-common/createcluster.d/airworthy.conf
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy" "$clusters"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  else
    trap 'rm -f "$clusters"' EXIT
  fi
  mkdir -p "$(dirname "$clusters")"
  echo 'create_main_cluster = false' >"$clusters"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $wanted
}

install_nodes() {
  command -v npm >/dev/null || return 0
  name="node-$(node -p 'process.platform + "-" + process.arch')"
  for line in $release_lines; do
    to=${XDG_CACHE_HOME:-$HOME/.cache}/airworthy/node-$line
    [ ! -x "$to/node_modules/$name/bin/node" ] || continue
    mkdir -p "$to"
    npm install --prefix "$to" --no-audit --no-fund --no-save --ignore-scripts --silent "$name@$line" ||
      echo "Node $line could not be had from npm; it is not tried" >&2
  done
}

start_database() {
  bin=$(programs)
  if [ -e "$place/ready" ] && as_owner "$bin/pg_ctl" -D "$place/data" status >/dev/null 2>&1; then return 0; fi
  stop_database
  # Fails where somebody else has made it.
  mkdir -m 700 "$place"
  mkdir "$place/data"
  if [ "$(id -u)" = 0 ]; then
    # The outer directory stays root's, so that nobody else can put something in its place.
    chmod 711 "$place"
    chown postgres: "$place/data"
  fi
  as_owner "$bin/initdb" -D "$place/data" -E UTF8 --locale C.UTF-8 --auth-local peer --auth-host reject --no-sync >/dev/null
  as_owner tee "$place/data/pg_hba.conf" >/dev/null <<END
local all all peer
host notes notes 127.0.0.1/32 trust
END
  as_owner tee -a "$place/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$place/data'
max_connections = 250
shared_buffers = 16MB
fsync = off
END
  as_owner "$bin/pg_ctl" -D "$place/data" -l "$place/data/log" -w -t 60 start >/dev/null ||
    { as_owner tail -n 5 "$place/data/log" >&2; return 1; }
  admin() { as_owner "$bin/psql" -q -v ON_ERROR_STOP=1 -h "$place/data" -p "$port" "$@"; }
  admin -d postgres -c 'CREATE ROLE notes LOGIN' -c 'CREATE DATABASE notes OWNER notes'
  { echo 'SET ROLE notes;' && cat "$home/fixtures/servers/database.sql"; } | admin -d notes
  touch "$place/ready"
}

stop_database() {
  bin=$(programs)
  [ -z "$bin" ] || as_owner "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1 || true
  if [ -O "$place" ]; then rm -rf "$place"; fi
}

case ${1:-start} in
start)
  install_packages
  nginx -v
  install_nodes
  start_database
  echo "the database of the tests is postgres://notes@127.0.0.1:$port/notes; $0 stop ends it"
  ;;
stop) stop_database ;;
*)
  echo "usage: $0 [start | stop]" >&2
  exit 2
  ;;
esac
