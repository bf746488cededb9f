#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings a Debian machine with git and Node to the point where labsweep runs: installs the system
# packages and npm packages that are missing and builds. It does nothing, in well under a second,
# when all is there. With --tests it also installs what only the tests need.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'labsweep setup: %s\n' "$*" >&2; }

check_node() {
  if ! command -v node >/dev/null 2>&1; then
    say "node is missing; install Node 20, 22 or 24 first, then run this again"
    exit 2
  fi
  major=$(node -p 'process.versions.node.split(".")[0]')
  case $major in
    20 | 22 | 24) ;;
    *) say "Node $major found; labsweep is for Node 20, 22 and 24, going on anyway" ;;
  esac
}

# Adds the Debian package $2 to $missing unless the command or file $1 is there.
need() {
  case $1 in
    */*) [ -e "$1" ] && return 0 ;;
    *) command -v "$1" >/dev/null 2>&1 && return 0 ;;
  esac
  missing="$missing $2"
}

install_system_packages() {
  missing=""
  need qemu-system-x86_64 qemu-system-x86
  need nats-server nats-server
  need gcc gcc
  need /usr/lib/x86_64-linux-gnu/libc.a libc6-dev
  need make make
  need cpio cpio
  need setpriv util-linux
  need taskset util-linux
  if [ "$for_tests" = yes ]; then
    need gpg gnupg
    # Chaos tests make hosts of network namespaces.
    need ip iproute2
  fi
  if [ -z "$missing" ]; then return 0; fi
  install="apt-get install -y --no-install-recommends$missing"
  if [ "$(id -u)" = 0 ]; then
    say "installing from Debian:$missing"
    run_apt
  elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    say "with sudo, this installs from Debian:$missing"
    sudo="sudo"
    run_apt
  else
    say "run this as root, then start again: apt-get update && $install"
    exit 2
  fi
}

run_apt() {
  log=$(mktemp)
  # A package that brings a service must not start it here: labsweep starts its own nats-server.
  if ! $sudo env DEBIAN_FRONTEND=noninteractive sh -c \
    "apt-get update -qq && $install" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    say "apt-get failed; run by hand: apt-get update && $install"
    exit 2
  fi
  rm -f "$log"
}

install_npm_packages() {
  stamp=node_modules/.labsweep-lock
  if cmp -s package-lock.json "$stamp"; then return 0; fi
  say "installing npm packages from the lock file"
  # Nothing here needs an install script: what has one (protobufjs) only prints a warning in it.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 </dev/null
  cp package-lock.json "$stamp"
}

for_tests=no
sudo=""
for option in "$@"; do
  case $option in
    --tests) for_tests=yes ;;
    *)
      say "unknown option '$option'; the only one is --tests"
      exit 2
      ;;
  esac
done

check_node
install_system_packages
install_npm_packages
node scripts/build.mjs
