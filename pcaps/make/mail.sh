#!/bin/bash
# Mail and file transfer: text protocols whose first words other protocols use too (USER, PASS, NICK, 220).
. "$(dirname "$0")/lib.sh"

certificate mail.example
echo '127.0.0.4 mail.example' >> hosts
printf 'From: juliet@chat.example\r\nTo: romeo@chat.example\r\nSubject: Tomorrow\r\n\r\nAt what o clock shall I send to thee?\r\n' > letter

js_server smtp_server.js 127.0.0.4 10025 "$CA/mail.example.pem"

# Dovecot needs no account of the system: one made-up user, whose mail is here.
mkdir -p mail/new mail/cur mail/tmp run
cp letter mail/new/1.letter
chown -R mail:mail mail
chmod 755 "$WORK"
cat > dovecot.conf <<C
protocols = imap pop3
base_dir = $WORK/run
log_path = $WORK/dovecot.log
listen = 127.0.0.4
ssl = no
disable_plaintext_auth = no
mail_location = maildir:$WORK/mail
first_valid_uid = 1
mail_privileged_group = mail
default_internal_user = root
default_login_user = nobody
default_internal_group = root
passdb {
  driver = static
  args = password=r0m30
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$WORK/mail
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 10143
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = 110
  }
}
service anvil {
  chroot =
}
C
serve dovecot.out dovecot -F -c dovecot.conf

mkdir -p ftp empty
cp letter ftp/letter.txt
cat > vsftpd.conf <<C
listen=YES
listen_address=127.0.0.4
listen_port=10021
anonymous_enable=YES
anon_root=$WORK/ftp
no_anon_password=NO
secure_chroot_dir=$WORK/empty
ftp_username=mail
background=NO
pasv_min_port=10100
pasv_max_port=10110
seccomp_sandbox=NO
C
serve vsftpd.out vsftpd vsftpd.conf
until_open 127.0.0.4 10025
until_open 127.0.0.4 10143
until_open 127.0.0.4 10021

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
