#!/bin/sh
# Installs what some tests need besides Node and Python, from Debian's packages: nginx, which load-balancer-ready puts before
# the server. Run it as root. Nothing is enabled or left running: an audit starts nginx itself, on loopback, with a
# configuration of its own. Without it the audit uses its own reverse proxy, and the test of nginx says that it was skipped.
set -eu

if [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null; then
  nginx -v 2>&1 || /usr/sbin/nginx -v
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "run it as root: apt-get installs packages" >&2; exit 1; }

# Keeps the package from starting a server on port 80.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends nginx-light
nginx -v
