#!/bin/bash
# STARTTLS of all kinds: TLS that begins inside another protocol, with the keys.
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

echo '127.0.0.4 mail.example db.example directory.example' >> hosts
certificate mail.example
certificate db.example
certificate directory.example
certificate broker.example

# --- mail ------------------------------------------------------------------------------------------------

mkdir -p mail/new ftp
printf 'From: juliet@chat.example\r\nSubject: Tomorrow\r\n\r\nAt what o clock?\r\n' > mail/new/1.letter
echo 'Good night' > ftp/letter.txt
start_dovecot 'imap pop3 sieve' 10110 <<C
ssl = yes
ssl_cert = <$CA/mail.example.crt
ssl_key = <$CA/mail.example.key
service managesieve-login {
  chroot =
  inet_listener sieve {
    port = 4190
  }
}
C
start_vsftpd <<C
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=NO
rsa_cert_file=$CA/mail.example.crt
rsa_private_key_file=$CA/mail.example.key
C
until_open 127.0.0.4 4190
fetch() { SSLKEYLOGFILE="$(keys)" run curl -sS --ssl-reqd --cacert "$CA/root.crt" -o got "$@"; }

capture imap-starttls 'tcp port 10143'
fetch -u romeo:r0m30 'imap://mail.example:10143/INBOX;UID=1'
done_as pcapng

capture pop3-starttls 'tcp port 10110'
fetch -u romeo:r0m30 pop3://mail.example:10110/1
done_as pcapng

capture managesieve-starttls 'tcp port 4190'
run python3 "$MAKE/managesieve_client.py" mail.example 4190 "$CA/root.crt" "$(keys)"
done_as pcapng

capture ftp-starttls 'tcp port 10021'
fetch -u anonymous:juliet@chat.example ftp://mail.example:10021/letter.txt
done_as pcapng

# --- databases ---------------------------------------------------------------------------------------------

export PGDATA=$WORK/postgres
BIN=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
mkdir -p "$PGDATA" && chown nobody "$PGDATA"
as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
as_nobody "$BIN/initdb" -A trust -U romeo >initdb.log
cp "$CA/db.example.crt" "$PGDATA/server.crt"
cp "$CA/db.example.key" "$PGDATA/server.key"
chown nobody "$PGDATA"/server.*
chmod 600 "$PGDATA/server.key"
echo "hostssl all all 127.0.0.0/8 trust" > "$PGDATA/pg_hba.conf"
serve postgres.log setpriv --reuid=nobody --regid=nogroup --clear-groups "$BIN/postgres" -c ssl=on -c listen_addresses=127.0.0.4 \
  -c port=15432 -c unix_socket_directories="$PGDATA"
until_open 127.0.0.4 15432
capture postgresql-starttls 'tcp port 15432'
run env $(preload) SSLKEYLOGFILE="$(keys)" psql "host=db.example port=15432 user=romeo dbname=postgres sslmode=verify-full sslrootcert=$CA/root.crt gssencmode=disable" \
  -c "select 'wherefore art thou'" >psql.out
done_as pcapng

mkdir -p mariadb
mariadb-install-db --no-defaults --user=root --datadir="$WORK/mariadb" --auth-root-authentication-method=normal >mariadb-install.log 2>&1
serve mariadb.log mariadbd --no-defaults --user=root --datadir="$WORK/mariadb" --socket="$WORK/mariadb.sock" --bind-address=127.0.0.4 --port=13306 \
  --ssl-cert="$CA/db.example.crt" --ssl-key="$CA/db.example.key" --ssl-ca="$CA/root.crt" --pid-file="$WORK/mariadb.pid"
until_open 127.0.0.4 13306
run mariadb --no-defaults --socket="$WORK/mariadb.sock" -u root -e "create user romeo@localhost identified by 'r0m30'"
capture mysql-starttls 'tcp port 13306'
run env SSLKEYLOGFILE="$(keys)" $(preload) mariadb --no-defaults -h db.example -P 13306 -u romeo -pr0m30 --ssl --ssl-ca="$CA/root.crt" \
  -e "select 'wherefore art thou'" >mariadb.out
done_as pcapng

# --- LDAP --------------------------------------------------------------------------------------------------

mkdir -p ldap
cat > slapd.conf <<C
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $WORK/slapd.pid
TLSCertificateFile $CA/directory.example.crt
TLSCertificateKeyFile $CA/directory.example.key
TLSCACertificateFile $CA/root.crt
database mdb
suffix "dc=example"
directory $WORK/ldap
C
serve slapd.log slapd -d 0 -f slapd.conf -h ldap://127.0.0.4:10389
until_open 127.0.0.4 10389
capture ldap-starttls 'tcp port 10389'
run env SSLKEYLOGFILE="$(keys)" LDAPTLS_CACERT="$CA/root.crt" ldapsearch -x -ZZ -H ldap://directory.example:10389 -b '' -s base >ldapsearch.out
done_as pcapng

# --- NATS ----------------------------------------------------------------------------------------------------

serve nats.log nats-server -a 127.0.0.4 -p 14223 --tls --tlscert="$CA/broker.example.crt" --tlskey="$CA/broker.example.key"
until_open 127.0.0.4 14223
capture nats-starttls 'tcp port 14223'
js nats_tls_client.js broker.example 14223 "$CA/root.crt"
done_as pcapng
