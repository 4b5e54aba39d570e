#!/bin/bash
# Mail and file transfer: text protocols whose first words other protocols use too (USER, PASS, NICK, 220).
. "$(dirname "$0")/lib.sh"
. "$MAKE/brokers.sh"

certificate mail.example
echo '127.0.0.4 mail.example' >> hosts
printf 'From: juliet@chat.example\r\nTo: romeo@chat.example\r\nSubject: Tomorrow\r\n\r\nAt what o clock shall I send to thee?\r\n' > letter

js_server smtp_server.js 127.0.0.4 10025 "$CA/mail.example.pem"

mkdir -p mail/new ftp
cp letter mail/new/1.letter
cp letter ftp/letter.txt
start_dovecot 'imap pop3' 110 <<C
ssl = no
disable_plaintext_auth = no
C
start_vsftpd </dev/null
until_open 127.0.0.4 10025

fetch() { run curl -sS --cacert "$CA/root.crt" -o got "$@"; }

capture smtp 'tcp port 10025'
fetch --mail-from juliet@chat.example --mail-rcpt romeo@chat.example -T letter smtp://mail.example:10025/chat.example
done_as pcap

capture smtp-starttls 'tcp port 10025'
SSLKEYLOGFILE="$(keys)" fetch --ssl-reqd --mail-from juliet@chat.example --mail-rcpt romeo@chat.example -T letter smtp://mail.example:10025/chat.example
done_as pcapng

capture imap 'tcp port 10143'
fetch -u romeo:r0m30 'imap://mail.example:10143/INBOX;UID=1'
done_as pcapng

capture pop3 'tcp port 110'
fetch -u romeo:r0m30 pop3://mail.example/1
done_as pcap

capture ftp 'tcp port 10021'
fetch -u anonymous:juliet@chat.example ftp://mail.example:10021/letter.txt
done_as pcapng
