#!/bin/sh
# Install the system packages this project needs, or say which are missing.
#
# usage: system-packages.sh [run|test|system]
#   run     what the booth, the demo and the central backend need (default)
#   test    what the test suite needs besides
#   system  what the tests in Debian folders and systemd containers need besides
set -eu

packages="python3 python3-venv libzbar0 libgl1 libgl1-mesa-dri libegl1 libgles2 libglib2.0-0 \
libmtdev1 xvfb xauth fontconfig fonts-noto-cjk"
if [ "${1:-run}" = test ]; then
    packages="$packages chromium xdotool shellcheck systemd procps postgresql cups-daemon cups-client \
cups-ipp-utils espeak-ng prometheus lintian gcc libc6-dev"
elif [ "${1:-run}" = system ]; then
    packages="$packages debootstrap debian-archive-keyring systemd-container e2fsprogs mount procps git \
gcc libc6-dev xdotool"
fi

missing=""
for package in $packages; do
    # In Debian 13 some carry the mark of 64-bit times in their name.
    states=$(dpkg-query -W -f='${db:Status-Status}\n' "$package" "${package}t64" 2>/dev/null || true)
    echo "$states" | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "These system packages are missing. Install them, then run make again:" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q >/dev/null
# Tests start a Prometheus of their own; Debian's package would have one running all the time.
case "$missing " in
    *" prometheus "*)
        echo "prometheus.service is masked; to have it: systemctl unmask prometheus"
        $as_root ln -sfn /dev/null /etc/systemd/system/prometheus.service ;;
esac
# shellcheck disable=SC2086 # one word a package is meant
$as_root apt-get install -y -q --no-install-recommends $missing >/dev/null
