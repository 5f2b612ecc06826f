#!/bin/sh
# Build a Debian package of the booth and the central backend.
#
# usage: deb.sh [--wheels DIR] [--out DIR]
#
#   --wheels  put these wheels (of "kiosk release build") into the package: it installs without a
#             network then, on the machines the wheels are for
#   --out     where the package is put (default: dist)
#
# DEBFULLNAME and DEBEMAIL name who makes the package, as Debian's own tools take them.
# The package carries what install.sh needs of a checkout, and its scripts run install.sh: there is
# one way to install, whatever it comes by. The same checkout gives the same package, byte for byte.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
name=campus-capture-kiosk
wheels=""
out="$checkout/dist"

fail() {
    echo "deb.sh: $1" >&2
    exit "${2:-1}"
}

while [ $# -gt 0 ]; do
    case $1 in
        --wheels)
            [ -d "${2:-}" ] || fail "--wheels needs a folder with wheels." 2
            wheels=$(CDPATH='' cd -- "$2" && pwd); shift ;;
        --out)
            [ -n "${2:-}" ] || fail "--out needs a folder." 2
            out=$2; shift ;;
        -h | --help) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "unknown option $1. See deb.sh --help." 2 ;;
    esac
    shift
done
command -v dpkg-deb >/dev/null || fail "dpkg-deb is missing; it comes with Debian."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$checkout/pyproject.toml")
maintainer="${DEBFULLNAME:-Campus Capture Kiosk} <${DEBEMAIL:-maintainers@localhost.localdomain}>"
# When it was last changed: the date of the package and of the files in it.
moment=${SOURCE_DATE_EPOCH:-$(git -c safe.directory='*' -C "$checkout" log -1 --format=%ct \
    2>/dev/null || stat -c %Y "$checkout/pyproject.toml")}
export SOURCE_DATE_EPOCH="$moment"

architecture=all
packed="-Zxz"
if [ -n "$wheels" ]; then
    # Wheels are packed already: xz would take minutes and save nothing.
    packed="-Zgzip -z1"
    case $(ls "$wheels") in
        *aarch64.whl*) architecture=arm64 ;;
        *x86_64.whl*) architecture=amd64 ;;
        *) fail "$wheels holds no wheels of x86_64 or aarch64." 2 ;;
    esac
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tree="$work/tree"
inside="$tree/usr/share/$name"
doc="$tree/usr/share/doc/$name"
mkdir -p "$inside" "$doc" "$tree/DEBIAN"

(cd "$checkout" && tar -cf - --exclude=__pycache__ --exclude=hardware/sim/sitter/render \
    --exclude=kiosk/guidance/attributes/training --exclude=systemd/debian \
    --exclude=systemd/deb.sh kiosk hardware calibration systemd pyproject.toml \
    requirements-run.txt README.md LICENSE) | tar -xf - -C "$inside"
if [ -n "$wheels" ]; then
    mkdir "$inside/wheels"
    # The project's own is built from the sources, as always.
    find "$wheels" -maxdepth 1 -name '*.whl' ! -name 'campus_capture_kiosk-*' \
        -exec cp -- {} "$inside/wheels/" \;
fi
{
    printf '%s (%s) stable; urgency=medium\n\n  * See README.md and the project'"'"'s CHANGELOG.\n\n' \
        "$name" "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$moment")"
} | gzip -9n >"$doc/changelog.gz"
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n'
    printf 'Files: *\nCopyright: %s the authors of %s\nLicense: Apache-2.0\n' \
        "$(date -u -d "@$moment" +%Y)" "$name"
    printf ' On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.\n'
} >"$doc/copyright"
for page in handbook systemd doctor settings calibration updates central; do
    gzip -9nc "$checkout/docs/$page.md" >"$doc/$page.md.gz"
done
find "$tree" -type d -exec chmod 0755 {} +
find "$tree" -type f -exec chmod 0644 {} +
chmod 0755 "$inside/systemd/"*.sh

packages=$(sed -n '/^packages="/,/"$/p' "$checkout/systemd/system-packages.sh" | head -n 2 |
    sed 's/^packages="//; s/"$//; s/\\$//' | tr -s ' \n' ' ')
depends=$(echo "$packages" | sed 's/^ *//; s/ *$//; s/ /, /g')
{
    echo "Package: $name"
    echo "Version: $version"
    echo "Architecture: $architecture"
    echo "Maintainer: $maintainer"
    echo "Section: misc"
    echo "Priority: optional"
    echo "Depends: $depends, systemd, udev"
    echo "Installed-Size: $(du -sk "$tree/usr" | cut -f1)"
    echo "Description: self-service photo booth for official degree photos"
    echo " The booth itself, or the central backend that its photos go to. Which of the"
    echo " two a machine is stands in /etc/$name/role:"
    echo " booth, central or both; a booth where there is no such file."
    if [ -z "$wheels" ]; then
        echo " ."
        echo " Python packages are fetched when it is installed, and their hashes checked."
    fi
} >"$tree/DEBIAN/control"
for script in postinst prerm postrm; do
    install -m 0755 "$checkout/systemd/debian/$script" "$tree/DEBIAN/$script"
done
(cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) \
    >"$tree/DEBIAN/md5sums"
chmod 0644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums"
find "$tree" -exec touch -h -d "@$moment" {} +

mkdir -p "$out"
package="$out/${name}_${version}_${architecture}.deb"
# shellcheck disable=SC2086 # two options are meant
dpkg-deb --root-owner-group $packed --build "$tree" "$package" >/dev/null
echo "$package"
