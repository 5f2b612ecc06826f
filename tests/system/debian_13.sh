#!/bin/sh
# Build a folder with Debian 13, its libcamera, and picamera2 from PyPI. Takes about four minutes
# and 720 MB; needs root, the Debian archive and PyPI.
#
# usage: debian_13.sh FOLDER
#
# FOLDER appears when it is complete. It is built anew when this script has changed.
set -eu

folder=$1
state=$(sha256sum <"$0")
if [ "$(cat "$folder/built-by" 2>/dev/null || true)" = "$state" ]; then
    exit 0
fi
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
new=$folder.new
rm -rf "$new"
mkdir -p "$new"

debootstrap --variant=minbase \
    --include=ca-certificates,python3-libcamera,libcamera-ipa,python3-venv,python3-numpy,python3-pil,python3-dev,gcc,libc6-dev,libcap-dev \
    trixie "$new" "$mirror"
rm -f "$new"/var/cache/apt/archives/*.deb

# Network and trust are this machine's, for pip.
cp -L /etc/resolv.conf "$new/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$new/etc/ssl/certs/ca-certificates.crt"
chroot "$new" python3 -m venv --system-site-packages /opt/picamera2
# Folders of wheels that this machine knows are not in there.
chroot "$new" /usr/bin/env -u PIP_FIND_LINKS /opt/picamera2/bin/python -m pip install \
    --quiet --no-cache-dir --disable-pip-version-check 'picamera2>=0.3.18' pytest

# The tests mount what they play here; libcamera's virtual pipeline looks for its cameras there.
mkdir -p "$new/opt/booth-test" "$new/usr/share/libcamera/pipeline"
ln -s /opt/booth-test "$new/usr/share/libcamera/pipeline/virtual"

echo "$state" >"$new/built-by"
rm -rf "$folder"
mv "$new" "$folder"
