# Servers that several scripts need: . "$MAKE/brokers.sh"

start_mosquitto() {
  certificate broker.example
  cat > mosquitto.conf <<C
user root
allow_anonymous true
listener 1883 127.0.0.4
listener 17883 127.0.0.4
listener 8883 127.0.0.4
certfile $CA/broker.example.crt
keyfile $CA/broker.example.key
listener 7883 127.0.0.4
protocol websockets
listener 7884 127.0.0.4
protocol websockets
certfile $CA/broker.example.crt
keyfile $CA/broker.example.key
C
  serve mosquitto.log mosquitto -c mosquitto.conf
  until_open 127.0.0.4 7884
}

# RabbitMQ with STOMP (on TCP and WebSocket) beside AMQP. Its own home is the working folder, for the cookie.
start_rabbitmq() {
  cat > rabbitmq.conf <<C
listeners.tcp.1 = 127.0.0.4:17672
stomp.listeners.tcp.1 = 127.0.0.4:17613
web_stomp.tcp.ip = 127.0.0.4
web_stomp.tcp.port = 7674
loopback_users = none
C
  echo '[rabbitmq_stomp, rabbitmq_web_stomp].' > enabled_plugins
  chmod 600 .erlang.cookie 2>/dev/null || true
  serve rabbitmq.log env RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_CONFIG_FILE="$WORK/rabbitmq.conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$WORK/enabled_plugins" RABBITMQ_MNESIA_BASE="$WORK/mnesia" RABBITMQ_LOG_BASE="$WORK" \
    RABBITMQ_PID_FILE="$WORK/rabbitmq.pid" RABBITMQ_CONF_ENV_FILE=/dev/null ERL_EPMD_ADDRESS=127.0.0.1 \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  until_open 127.0.0.4 7674
  until_open 127.0.0.4 17613
}

# Prosody for chat.example, with juliet and romeo; its TLS keys go to prosody.keys.
start_prosody() {
  certificate chat.example conference.chat.example
  for host in chat plain; do
    accounts="prosody/$host%2eexample/accounts"
    mkdir -p "$accounts"
    for user in juliet romeo; do echo 'return { ["password"] = "r0m30" };' > "$accounts/$user.dat"; done
  done
  sed "s|ENV_WORK|\"$WORK\"|; s|ENV_CA|\"$CA\"|" "$MAKE/prosody.cfg.lua" > prosody.cfg.lua
  serve prosody.out env $(preload) SSLKEYLOGFILE="$WORK/prosody.keys" prosody --config prosody.cfg.lua -F
  until_open 127.0.0.2 15281
}

# start_dovecot PROTOCOLS POP3_PORT: IMAP on port 10143 of 127.0.0.4; standard input has further settings. It needs no
# account of the system: one made-up user with the password r0m30, whose mail is in mail/.
start_dovecot() {
  mkdir -p mail/new mail/cur mail/tmp home run
  chown -R mail:mail mail home
  chmod 755 "$WORK"
  { cat <<C; cat; } > dovecot.conf
protocols = $1
base_dir = $WORK/run
log_path = $WORK/dovecot.log
listen = 127.0.0.4
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
  args = uid=mail gid=mail home=$WORK/home
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 10143
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $2
  }
  inet_listener pop3s {
    port = 0
  }
}
service anvil {
  chroot =
}
C
  serve dovecot.out dovecot -F -c dovecot.conf
  until_open 127.0.0.4 10143
  until_open 127.0.0.4 "$2"
}

# vsftpd on port 10021 of 127.0.0.4, for what is in ftp/; standard input has further settings.
start_vsftpd() {
  mkdir -p ftp empty
  { cat <<C; cat; } > vsftpd.conf
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
pasv_max_port=10109
seccomp_sandbox=NO
C
  serve vsftpd.out vsftpd vsftpd.conf
  until_open 127.0.0.4 10021
}
