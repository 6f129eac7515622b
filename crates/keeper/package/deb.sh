#!/bin/sh
# Packs the keeper for Debian: deb.sh PROGRAM FOLDER, from anywhere. Wants dpkg-deb. Prints the package's file.
#
#   cargo build --release -p glowjar-keeper && crates/keeper/package/deb.sh target/release/glowjar-keeper target
set -eu
if [ $# -ne 2 ]; then
    echo "usage: $0 PROGRAM FOLDER" >&2
    exit 2
fi
program=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
crate=$(dirname "$here")
root=$(dirname "$(dirname "$crate")")
version=$("$program" --version | cut -d ' ' -f 2)
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

install -D -m 755 "$program" "$tree/usr/bin/glowjar-keeper"
if command -v strip >/dev/null; then
    strip "$tree/usr/bin/glowjar-keeper"
fi
install -D -m 644 "$crate/systemd/glowjar-keeper.service" "$tree/usr/lib/systemd/system/glowjar-keeper.service"
install -D -m 600 "$here/glowjar-keeper.env" "$tree/etc/glowjar-keeper.env"
install -D -m 755 "$crate/etcd/certificates.sh" "$tree/usr/share/glowjar-keeper/certificates.sh"
install -D -m 644 "$crate/etcd/etcd.yml" "$tree/usr/share/doc/glowjar-keeper/examples/etcd.yml"
install -D -m 644 "$crate/systemd/several.conf" "$tree/usr/share/doc/glowjar-keeper/examples/several.conf"
install -D -m 644 "$root/docs/studio.md" "$tree/usr/share/doc/glowjar-keeper/studio.md"
install -D -m 644 "$root/LICENSE" "$tree/usr/share/doc/glowjar-keeper/copyright"

mkdir "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: glowjar-keeper
Version: $version
Architecture: $architecture
Maintainer: The Glowjar developers <glowjar@users.noreply.github.com>
Section: net
Priority: optional
Depends: libc6 (>= 2.34), libgcc-s1, ca-certificates
Recommends: openssl
Suggests: etcd-server, postgresql
Description: one Adobe credential for all desks of a studio
 A server that holds the credential, asks Adobe once for each token's life, and
 hands that token to desks, render farm and CI, each of which has a secret of
 its own. Alone, or several on etcd or PostgreSQL.
CONTROL
echo /etc/glowjar-keeper.env >"$tree/DEBIAN/conffiles"
install -m 755 "$here/postinst" "$here/prerm" "$here/postrm" "$tree/DEBIAN/"
mkdir -p "$out"
file=$out/glowjar-keeper_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$file" >/dev/null
echo "$file"
