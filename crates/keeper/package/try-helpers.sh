# What try.sh and try-systemd.sh have in common. It runs inside, and is no script of its own.
say() { echo "── $*"; }
# What more there is to say of a failure.
in_vain() { :; }
# Waits until this succeeds.
until_ok() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ]; then
            echo "in vain: $*" >&2
            in_vain >&2
            exit 1
        fi
        sleep 0.2
    done
}
# What fails before && or after ! ends no script by itself.
is_not() {
    if "$@"; then
        echo "it should not be so: $*" >&2
        exit 1
    fi
}
# A farm node runs its line.
token() { sh -c "$1 --silent --cacert ${2:-/etc/ssl/certs/ca-certificates.crt}" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'; }
has_token() { [ -n "$(token "$@")" ]; }
# What the console would give, with the id and secret of the sandbox whose output this is.
adobe_gives() {
    until_ok grep 'client secret' "$1"
    id=$(sed -n 's/^ *client id  *\([^ ]*\).*/\1/p' "$1" | head -1)
    secret=$(sed -n 's/^ *client secret  *\(.*\)$/\1/p' "$1" | head -1)
    cat >what-adobe-gave.txt <<ADOBE
curl -X POST 'http://127.0.0.1:7411/ims/token/v3' -d 'grant_type=client_credentials&client_id=$id&scope=openid,AdobeID,firefly_api,ff_apis' --data-urlencode 'client_secret=$secret'
ADOBE
}
