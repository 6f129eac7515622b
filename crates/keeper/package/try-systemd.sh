#!/bin/sh
# Lets a real systemd start the service, with all that its unit forbids: try-systemd.sh DEBIAN PACKAGE SANDBOX, as root.
#
#   debootstrap --variant=minbase --include=ca-certificates,curl,dbus,etcd-client,etcd-server,iproute2,openssl,systemd,systemd-sysv bookworm DEBIAN
#   PACKAGE is what deb.sh made, SANDBOX the program glowjar-sandbox, which plays Adobe.
#
# That systemd is the first process of namespaces of its own, in a network in which nobody else is. Ends with "all of it worked".
set -eu
if [ $# -ne 3 ]; then
    echo "usage: $0 DEBIAN PACKAGE SANDBOX" >&2
    exit 2
fi
if [ "${GLOWJAR_INSIDE:-}" = '' ]; then
    log=$(mktemp)
    GLOWJAR_INSIDE=yes unshare --net --pid --fork --mount --uts --ipc --cgroup --kill-child "$0" "$@" >"$log" 2>&1 </dev/null &
    outside=$!
    trap 'kill -KILL $outside 2>/dev/null || true; rm -f "$log"' EXIT
    first=''
    tries=0
    while [ "$first" = '' ] || [ "$(cat "/proc/$first/comm" 2>/dev/null)" != systemd ]; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ] || ! kill -0 $outside 2>/dev/null; then
            cat "$log" >&2
            echo 'systemd did not start' >&2
            exit 1
        fi
        sleep 0.2
        first=$(cat "/proc/$outside/task/$outside/children" 2>/dev/null | tr -d ' ')
    done
    nsenter --target "$first" --mount --uts --ipc --net --pid --cgroup sh /root/followed.sh
    exit
fi
debian=$1
here=$(cd "$(dirname "$0")" && pwd)
mount --make-rprivate /
ip link set lo up
mount --bind "$debian" "$debian"
cp "$2" "$debian/root/keeper.deb"
install -m 755 "$3" "$debian/usr/local/bin/glowjar-sandbox"
cat "$here/try-helpers.sh" - >"$debian/root/followed.sh" <<'FOLLOWED'
set -eu
cd /root
in_vain() {
    systemctl --no-pager status glowjar-keeper || true
    journalctl --no-pager --unit glowjar-keeper | tail -20
}
as_admin() { (set -a && . /etc/glowjar-keeper.env && set +a && glowjar-keeper "$@"); }
main_pid() { systemctl show --property MainPID --value glowjar-keeper; }

say 'systemd runs'
until_ok test -S /run/systemd/private
systemctl is-system-running --wait || true

say 'the package starts nothing by itself'
dpkg --install keeper.deb
is_not systemctl --quiet is-active glowjar-keeper
systemd-run --quiet --unit adobe --property StandardOutput=file:/root/sandbox.log glowjar-sandbox --port 7411 --token-life 10min --rotation strict
adobe_gives sandbox.log

say 'one keeper'
rm -rf tls
/usr/share/glowjar-keeper/certificates.sh tls etcd1=127.0.0.1 keeper1=127.0.0.1
cp tls/keeper1.pem /etc/glowjar-keeper/keeper.pem
cp tls/keeper1.key /etc/glowjar-keeper/keeper.key
cat >/etc/glowjar-keeper.env <<ENVIRONMENT
GLOWJAR_LISTEN=127.0.0.1:7443
GLOWJAR_URL=https://127.0.0.1:7443
ENVIRONMENT
if as_admin import <what-adobe-gave.txt 2>refused.txt; then
    echo 'a command was taken before the service was ever started' >&2
    exit 1
fi
grep --quiet 'systemctl start glowjar-keeper' refused.txt
systemctl enable --quiet --now glowjar-keeper
# Started is ready: nobody has to wait.
as_admin import <what-adobe-gave.txt
until_ok as_admin status
line=$(as_admin --authority tls/ca.pem admit farm-01 --lasting)
until_ok has_token "$line" tls/ca.pem
curl --silent --fail --cacert tls/ca.pem https://127.0.0.1:7443/healthz >/dev/null
[ "$(stat --format %u "/proc/$(main_pid)")" -ge 61184 ] # one of systemd's dynamic users
for file in $(find /etc/glowjar-keeper /var/lib/private/glowjar-keeper -type f); do
    case $(stat --format %a "$file") in
        600 | 644) ;;
        *) echo "$file: $(stat --format %a "$file")" >&2 && exit 1 ;;
    esac
done

say 'killed, it is started again; after an upgrade it runs'
before=$(main_pid)
kill -KILL "$before"
until_ok has_token "$line" tls/ca.pem
[ "$(main_pid)" != "$before" ]
before=$(main_pid)
dpkg --install keeper.deb
until_ok has_token "$line" tls/ca.pem
[ "$(main_pid)" != "$before" ]
systemctl stop glowjar-keeper
if as_admin admit farm-09 2>refused.txt; then
    echo 'a command wrote into the folder of a service that rests' >&2
    exit 1
fi
grep --quiet 'systemctl start glowjar-keeper' refused.txt

say 'another key'
CREDENTIALS_DIRECTORY=/etc/glowjar-keeper as_admin rekey --new-key new-key
mv new-key /etc/glowjar-keeper/glowjar-key
systemctl start glowjar-keeper
until_ok has_token "$line" tls/ca.pem
systemctl stop glowjar-keeper

say 'the journal has no secret'
journalctl --unit glowjar-keeper --grep 'keeping url' | grep --quiet keeping
if journalctl --unit glowjar-keeper | grep --quiet --fixed-strings "$secret"; then
    echo 'the journal has a secret' >&2
    exit 1
fi

say 'one of several, on an etcd that Debian'\''s own unit starts'
install -d -o etcd -g etcd -m 700 /etc/etcd
install -o etcd -g etcd -m 600 tls/ca.pem tls/etcd1.pem tls/etcd1.key /etc/etcd
sed -e 's/10\.0\.0\.1/127.0.0.1/' -e 's#^initial-cluster:.*#initial-cluster: etcd1=https://127.0.0.1:2380#' \
    /usr/share/doc/glowjar-keeper/examples/etcd.yml >/etc/etcd/etcd.yml
printf 'ETCD_CONFIG_FILE=/etc/etcd/etcd.yml\nGOGC=20\n' >/etc/default/etcd
systemctl restart etcd
install -D -m 644 /usr/share/doc/glowjar-keeper/examples/several.conf /etc/systemd/system/glowjar-keeper.service.d/several.conf
cp tls/ca.pem /etc/glowjar-keeper/ca.pem
cat >>/etc/glowjar-keeper.env <<ENVIRONMENT
GLOWJAR_KEEPERS=https://127.0.0.1:7443
GLOWJAR_ENGINE=https://127.0.0.1:2379
ENVIRONMENT
systemctl daemon-reload
systemctl start glowjar-keeper
as_admin import <what-adobe-gave.txt
until_ok as_admin status
line=$(as_admin admit farm-02 --lasting)
until_ok has_token "$line" tls/ca.pem
as_admin pools | grep --quiet leads

say 'the package is removed, with all that it had'
dpkg --purge glowjar-keeper
is_not systemctl --quiet is-active glowjar-keeper
for path in /etc/glowjar-keeper /usr/bin/glowjar-keeper /var/lib/private/glowjar-keeper; do
    is_not test -e "$path"
done
rm -r /etc/systemd/system/glowjar-keeper.service.d
echo 'all of it worked'
FOLLOWED
cd "$debian"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mkdir -p mnt/outside
pivot_root . mnt/outside
umount -l /mnt/outside
# A service's credentials are mounted by a child of systemd's, and have to be seen by it.
mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target
