#!/bin/sh
# Follows docs/studio.md in a clean Debian: try.sh DEBIAN PACKAGE SANDBOX, as root.
#
#   debootstrap --variant=minbase --include=ca-certificates,openssl,curl,etcd-server,etcd-client,postgresql bookworm DEBIAN
#   PACKAGE is what deb.sh made, SANDBOX the program glowjar-sandbox, which plays Adobe.
#
# All of it runs in a network of its own, in which nobody else is. Ends with "all of it worked".
set -eu
if [ $# -ne 3 ]; then
    echo "usage: $0 DEBIAN PACKAGE SANDBOX" >&2
    exit 2
fi
if [ "${GLOWJAR_INSIDE:-}" = '' ]; then
    exec env GLOWJAR_INSIDE=yes unshare --net --pid --fork --mount --kill-child "$0" "$@"
fi
debian=$1
ip link set lo up
for last in 1 2 3 11 12; do
    ip address add "10.0.0.$last/32" dev lo
done
mount -t proc proc "$debian/proc"
mount --bind /dev "$debian/dev"
cp "$2" "$debian/root/keeper.deb"
install -m 755 "$3" "$debian/usr/local/bin/glowjar-sandbox"
cat "$(dirname "$0")/try-helpers.sh" - >"$debian/root/followed.sh" <<'FOLLOWED'
set -eu
cd /root
say 'the package is installed'
dpkg --install keeper.deb
test "$(stat --format %a /etc/glowjar-keeper/glowjar-key)" = 600
test "$(wc --bytes </etc/glowjar-keeper/glowjar-key)" = 64

glowjar-sandbox --port 7411 --token-life 60s --rotation strict >sandbox.log 2>&1 &
adobe_gives sandbox.log

say 'one keeper'
glowjar-keeper --folder ~/keeper import <what-adobe-gave.txt
glowjar-keeper --folder ~/keeper serve 2>one.log &
one=$!
until_ok glowjar-keeper --folder ~/keeper status
line=$(glowjar-keeper --folder ~/keeper admit farm-01 --lasting)
until_ok has_token "$line"
glowjar-keeper --folder ~/keeper admit desk-07 | grep --quiet 'client_secret=once-'
glowjar-keeper --folder ~/keeper log | grep --quiet 'farm-01.*token'
kill $one

say 'certificates and three etcd'
# Members compare each other's certificates with where they speak from, which on one machine may be any of its addresses.
all=10.0.0.1,10.0.0.2,10.0.0.3
/usr/share/glowjar-keeper/certificates.sh tls etcd1=$all etcd2=$all etcd3=$all keeper1=10.0.0.11 keeper2=10.0.0.12
start_etcd() {
    for n in 1 2 3; do
        etcd --config-file etcd$n.yml >etcd$n.log 2>&1 &
        echo $! >etcd$n.pid
    done
    until_ok $ctl --endpoints $members endpoint health
}
for n in 1 2 3; do
    # The members' names and addresses, which stand in the cluster's line as well, and where this machine keeps what belongs to three.
    sed -e "/^initial-cluster:/!{s/etcd1/etcd$n/;s/10\.0\.0\.1/10.0.0.$n/}" -e "s#/etc/etcd/#/root/tls/#;s#/var/lib/etcd/studio#/root/etcd$n-data#" \
        /usr/share/doc/glowjar-keeper/examples/etcd.yml >etcd$n.yml
done
members=https://10.0.0.1:2379,https://10.0.0.2:2379,https://10.0.0.3:2379
ctl='etcdctl --cacert tls/ca.pem --cert tls/keeper1.pem --key tls/keeper1.key'
export ETCDCTL_API=3
start_etcd
if etcdctl --endpoints $members --cacert tls/ca.pem get x >/dev/null 2>&1; then
    echo 'etcd lets in who has no certificate' >&2
    exit 1
fi

say 'two keepers on it'
serve() {
    folder=$1
    address=$2
    name=$3
    glowjar-keeper --folder "$folder" --url "https://$address:7443" serve --listen "$address:7443" \
        --certificate "tls/$name.pem" --key "tls/$name.key" --authority tls/ca.pem 2>>"$name.log" &
    echo $! >"$name.pid"
}
export GLOWJAR_KEEPERS=https://10.0.0.11:7443,https://10.0.0.12:7443
export GLOWJAR_ENGINE=$members
export GLOWJAR_ENGINE_CA=tls/ca.pem GLOWJAR_ENGINE_CERTIFICATE=tls/keeper1.pem GLOWJAR_ENGINE_KEY=tls/keeper1.key
several() {
    one=$1
    other=$2
    mkdir -m 700 "$other"
    glowjar-keeper --folder "$one" import <what-adobe-gave.txt
    cp "$one/glowjar-key" "$other/"
    serve "$one" 10.0.0.11 keeper1
    serve "$other" 10.0.0.12 keeper2
    until_ok glowjar-keeper --folder "$one" status
    until_ok glowjar-keeper --folder "$other" status
    line=$(glowjar-keeper --folder "$one" --authority tls/ca.pem admit farm-02 --lasting)
    until_ok has_token "$line" tls/ca.pem
    until_ok has_token "$(echo "$line" | sed 's/10\.0\.0\.11:7443\/ims/10.0.0.12:7443\/ims/')" tls/ca.pem
    glowjar-keeper --folder "$one" pools
}
stop_keepers() {
    kill "$(cat keeper1.pid)" "$(cat keeper2.pid)"
    sleep 1
}
several ~/on-etcd-1 ~/on-etcd-2

say 'halt and resume'
glowjar-keeper --folder ~/on-etcd-2 halt firefly --why 'a drill'
until_ok sh -c "$line --silent --cacert tls/ca.pem | grep 'a drill'"
glowjar-keeper --folder ~/on-etcd-1 resume firefly
until_ok has_token "$line" tls/ca.pem

say 'etcd is backed up, and restored after a disaster'
$ctl --endpoints https://10.0.0.1:2379 snapshot save studio.db >/dev/null
glowjar-keeper --folder ~/on-etcd-1 remove farm-02
removed=$line
line=$(glowjar-keeper --folder ~/on-etcd-1 admit farm-03 --lasting)
for n in 1 2 3; do
    kill -9 "$(cat etcd$n.pid)"
    rm -r etcd$n-data
    etcdctl snapshot restore studio.db --name etcd$n --data-dir etcd$n-data --initial-cluster-token studio \
        --initial-cluster etcd1=https://10.0.0.1:2380,etcd2=https://10.0.0.2:2380,etcd3=https://10.0.0.3:2380 \
        --initial-advertise-peer-urls https://10.0.0.$n:2380 >/dev/null 2>&1
done
until_ok has_token "$line" tls/ca.pem
start_etcd
until_ok sh -c 'glowjar-keeper --folder ~/on-etcd-1 pools | grep good'
if has_token "$removed" tls/ca.pem; then
    echo 'who was removed came back with the backup' >&2
    exit 1
fi
until_ok has_token "$line" tls/ca.pem
until_ok sh -c 'glowjar-keeper --folder ~/on-etcd-1 pools; glowjar-keeper --folder ~/on-etcd-2 pools | grep leads || glowjar-keeper --folder ~/on-etcd-1 pools | grep leads'

say 'another key'
stop_keepers
glowjar-keeper --folder ~/on-etcd-1 rekey --new-key new-key
glowjar-keeper --folder ~/on-etcd-2 rekey --new-key new-key
serve ~/on-etcd-1 10.0.0.11 keeper1
serve ~/on-etcd-2 10.0.0.12 keeper2
until_ok has_token "$line" tls/ca.pem
stop_keepers

say 'PostgreSQL'
data=/var/lib/postgresql/studio
bin=$(echo /usr/lib/postgresql/*/bin)
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
install -d -o postgres -g postgres -m 700 $data
as_postgres "$bin/initdb" --auth=trust --username=postgres --pgdata $data >/dev/null
as_postgres "$bin/postgres" -D $data -c listen_addresses=127.0.0.1 -c unix_socket_directories= >/dev/null 2>&1 &
until_ok psql postgres://postgres@127.0.0.1/postgres -c 'SELECT 1'
psql --quiet postgres://postgres@127.0.0.1/postgres -c 'CREATE USER glowjar' -c 'CREATE DATABASE glowjar OWNER glowjar'
export GLOWJAR_ENGINE=postgres://glowjar@127.0.0.1/glowjar
unset GLOWJAR_ENGINE_CA GLOWJAR_ENGINE_CERTIFICATE GLOWJAR_ENGINE_KEY
several ~/on-postgres-1 ~/on-postgres-2

say 'PostgreSQL is backed up and restored'
pg_dump --clean --if-exists --dbname $GLOWJAR_ENGINE >studio.sql
removed=$line
glowjar-keeper --folder ~/on-postgres-1 remove farm-02
line=$(glowjar-keeper --folder ~/on-postgres-2 admit farm-03 --lasting)
psql --quiet --single-transaction -f studio.sql $GLOWJAR_ENGINE >/dev/null
until_ok has_token "$line" tls/ca.pem
until_ok sh -c 'glowjar-keeper --folder ~/on-postgres-1 pools | grep good'
if has_token "$removed" tls/ca.pem; then
    echo 'who was removed came back with the backup' >&2
    exit 1
fi
stop_keepers

say 'the package is removed, with all that it had'
dpkg --purge glowjar-keeper
is_not test -e /etc/glowjar-keeper
is_not test -e /usr/bin/glowjar-keeper
echo 'all of it worked'
FOLLOWED
exec chroot "$debian" sh /root/followed.sh
