# Shared by every script here; source it first: . "$(dirname "$0")/lib.sh"
#
# The script that sources this starts itself again inside fresh network, mount, host name and process
# namespaces. Nothing but loopback exists there, so nothing can leave the machine, and whatever a script
# leaves running dies with its process namespace. A script has five minutes at most.
set -euo pipefail

MAKE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PCAPS=$(dirname "$MAKE")
WORK=$MAKE/made/$(basename "$0" .sh)
CA=$MAKE/made/ca

if [ "${PARLANCE_NAMESPACE:-}" != yes ]; then
  exec env -i PARLANCE_NAMESPACE=yes PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    timeout --kill-after=5 300 \
    unshare --net --mount --uts --pid --fork --kill-child --mount-proc bash "$0" "$@"
fi

# --- the namespace ---------------------------------------------------------------------------------

rm -rf "$WORK"
mkdir -p "$WORK" "$CA"
export HOME=$WORK NODE_PATH=$MAKE/node_modules NODE_NO_WARNINGS=1
cd "$WORK"

hostname chat.example
# Offloads off and a usual MTU: segments then have the sizes they have on a network.
ip link set lo up mtu 1500
ethtool -K lo tso off gso off gro off 2>/dev/null

cat > hosts <<'H'
127.0.0.1 localhost client.example
::1       localhost6
127.0.0.2 chat.example conference.chat.example upload.chat.example
127.0.0.3 other.example
127.0.0.4 www.example ws.example broker.example irc.example
127.0.0.5 web.whatsapp.com g.whatsapp.net
H
mount --bind hosts /etc/hosts
echo 'nameserver 127.0.0.53' > resolv.conf
mount --bind resolv.conf /etc/resolv.conf

# --- certificates ----------------------------------------------------------------------------------

# certificate HOST [ALTNAME...]: $CA/HOST.crt, .key and .pem (both), signed by a root made on first use.
certificate() {
  local host=$1 names=
  for each in "$@"; do names+=,DNS:$each; done
  if [ ! -f "$CA/root.crt" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Example Root' \
      -keyout "$CA/root.key" -out "$CA/root.crt" 2>/dev/null
  fi
  [ -f "$CA/$host.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj "/CN=$host" -addext "subjectAltName=${names#,}" -addext 'extendedKeyUsage=serverAuth,clientAuth' \
    -addext 'basicConstraints=critical,CA:FALSE' -CA "$CA/root.crt" -CAkey "$CA/root.key" \
    -keyout "$CA/$host.key" -out "$CA/$host.crt" 2>/dev/null
  cat "$CA/$host.crt" "$CA/$host.key" > "$CA/$host.pem"
  chmod 644 "$CA"/*
}

# rsa_certificate HOST: $CA/HOST.rsa.pem, certificate and RSA key, for suites that an EC key cannot serve.
rsa_certificate() {
  [ -f "$CA/$1.rsa.pem" ] && return
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
    -addext 'basicConstraints=critical,CA:FALSE' -CA "$CA/root.crt" -CAkey "$CA/root.key" \
    -keyout "$CA/$1.rsa.key" -out "$CA/$1.rsa.crt" 2>/dev/null
  cat "$CA/$1.rsa.crt" "$CA/$1.rsa.key" > "$CA/$1.rsa.pem"
}
export NODE_EXTRA_CA_CERTS=$CA/root.crt

# --- capturing -------------------------------------------------------------------------------------

# Immediate mode, or sessions shorter than a second are lost; with it and an unbounded snapshot length
# packets were dropped, hence 4096 octets and a large buffer.
capture() { # capture NAME FILTER
  CAPTURE=$1
  rm -f "$PCAPS/$1".pcap "$PCAPS/$1".pcapng "$PCAPS/$1".keys "$1".pcap
  : > "$1.tcpdump"
  tcpdump -U -Z root -i lo -n -s 4096 -B 32768 --immediate-mode -w "$1.pcap" "$2" >/dev/null 2>"$1.tcpdump" &
  TCPDUMP=$!
  until grep -q listening "$1.tcpdump"; do sleep 0.05; done
}

# done_as pcap|pcapng: ends the capture and puts it, and the key log named by $(keys), into pcaps/.
done_as() {
  sleep 0.4
  kill -TERM $TCPDUMP
  wait $TCPDUMP || true
  grep -q '^0 packets dropped' "$CAPTURE.tcpdump" || { echo "$CAPTURE: packets dropped" >&2; exit 1; }
  case $1 in
    pcap) cp "$CAPTURE.pcap" "$PCAPS/$CAPTURE.pcap" ;;
    pcapng) editcap -F pcapng "$CAPTURE.pcap" "$PCAPS/$CAPTURE.pcapng" ;;
  esac
  if [ -s "$CAPTURE.keys" ]; then
    sort -u "$CAPTURE.keys" | grep -E '^[A-Z_0-9]+ [0-9a-f]+ [0-9a-f]+$' > "$PCAPS/$CAPTURE.keys"
  fi
  [ "$(capinfos -cMTr "$PCAPS/$CAPTURE.$1" | cut -f2)" -ge 2 ] || { echo "$CAPTURE: empty" >&2; exit 1; }
  echo "$CAPTURE: $(stat -c %s "$PCAPS/$CAPTURE.$1") octets"
}

# The key log of the capture that is being made.
keys() { echo "$WORK/$CAPTURE.keys"; }

# --- programs --------------------------------------------------------------------------------------

# serve LOG COMMAND...: in the background, output to LOG.
serve() { local log=$1; shift; "$@" >"$log" 2>&1 </dev/null & }

# until_open ADDRESS PORT: waits for a TCP listener there or on all addresses, without connecting to it.
until_open() {
  for _ in $(seq 400); do
    ss -Hltn "sport = :$2" | grep -qE "($1|\*|0\.0\.0\.0|\[::\]):$2" && return
    sleep 0.1
  done
  echo "nothing listens on $1:$2" >&2
  exit 1
}

run() { timeout 20 "$@"; }

# js PROGRAM ARGUMENT...: a program of this folder under Node, TLS keys to the capture's key log.
js() { run node --no-deprecation --tls-keylog="$(keys)" "$MAKE/$1" "${@:2}"; }

# Node as a server; it ends with the script.
js_server() { serve "$1.log" node --no-deprecation "$MAKE/$1" "${@:2}"; }

# preload: prints an environment assignment that makes a program with OpenSSL write its TLS keys.
preload() {
  [ -f "$MAKE/made/sslkeylog.so" ] || gcc -shared -fPIC -O2 -o "$MAKE/made/sslkeylog.so" "$MAKE/sslkeylog.c" -ldl
  echo "LD_PRELOAD=$MAKE/made/sslkeylog.so"
}

# browse URL [SECONDS [OPTION...]]: headless Chromium on that page until it asks for /done, or time is up.
browse() {
  : > browse.done
  timeout "${2:-15}" chromium --headless=new --no-sandbox --disable-gpu --ignore-certificate-errors \
    --disable-background-networking --disable-component-update --no-first-run --disable-dev-shm-usage \
    --disable-sync --disable-extensions --metrics-recording-only \
    --user-data-dir="$WORK/chromium-$CAPTURE" --ssl-key-log-file="$(keys)" "${@:3}" "$1" >chromium.log 2>&1 &
  local browser=$!
  for _ in $(seq $(( ${2:-15} * 5 ))); do
    sleep 0.2
    [ -s browse.done ] && break
  done
  sleep 0.5
  kill $browser 2>/dev/null || true
  wait $browser 2>/dev/null || true
  [ -s browse.done ] || { echo "$CAPTURE: the page did not finish" >&2; exit 1; }
}
