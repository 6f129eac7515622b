#!/bin/sh
# Makes an authority and certificates for a studio's etcd and its keepers, with openssl:
#
#   certificates.sh FOLDER NAME=ADDRESS…     certificates.sh tls etcd1=10.0.0.1 etcd2=10.0.0.2 etcd3=10.0.0.3 keeper1=keeper1.studio.example
#
# FOLDER/ca.pem is whom everybody trusts, NAME.pem and NAME.key are for one machine each. An address is an IP address or a host name, several
# are separated by commas. What is there stays: run it again to add a machine. Keep ca.key away from all of them.
set -eu
umask 077
if [ $# -lt 2 ]; then
    echo "usage: $0 FOLDER NAME=ADDRESS[,ADDRESS]…" >&2
    exit 2
fi
folder=$1
shift
mkdir -p "$folder"
cd "$folder"
if [ ! -e ca.key ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=the studio's authority" \
        -addext 'keyUsage=critical,keyCertSign,cRLSign' -keyout ca.key -out ca.pem 2>/dev/null
fi
for machine in "$@"; do
    name=${machine%%=*}
    addresses=${machine#*=}
    if [ -e "$name.pem" ]; then
        echo "$name.pem is there"
        continue
    fi
    alternatives=
    for address in $(echo "$addresses" | tr , ' '); do
        case $address in
            *:*) kind=IP ;;
            *[!0-9.]*) kind=DNS ;;
            *) kind=IP ;;
        esac
        alternatives="$alternatives${alternatives:+,}$kind:$address"
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
    printf '%s\n' "subjectAltName=$alternatives" 'extendedKeyUsage=serverAuth,clientAuth' 'keyUsage=critical,digitalSignature' >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile "$name.ext" -out "$name.pem" 2>/dev/null || {
        echo "$addresses: these are no addresses" >&2
        exit 1
    }
    rm "$name.csr" "$name.ext"
    echo "$name.pem is for $alternatives"
done
