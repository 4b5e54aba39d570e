-- Prosody for chat.example, on 127.0.0.2 and ::1. Ports that begin with 15 are there so that no port rule helps.
local work, ca = ENV_WORK, ENV_CA

run_as_root = true
daemonize = false
pidfile = work .. "/prosody.pid"
data_path = work .. "/prosody"
log = { info = work .. "/prosody.log" }

modules_enabled = { "roster", "saslauth", "tls", "dialback", "disco", "private", "ping", "bosh", "websocket", "carbons", "pep", "smacks", "version", "time" }
authentication = "internal_plain"
storage = "internal"
c2s_require_encryption = false
s2s_require_encryption = false
s2s_secure_auth = false
allow_unencrypted_plain_auth = true

interfaces = { "127.0.0.2", "::1" }
c2s_ports = { 5222, 15222 }
c2s_direct_tls_ports = { 5223, 15223 }
s2s_ports = { 15269 }
s2s_direct_tls_ports = {}
http_ports = { 15280 }
https_ports = { 15281 }
http_interfaces = { "127.0.0.2" }
https_interfaces = { "127.0.0.2" }
http_default_host = "chat.example"
cross_domain_websocket = true
cross_domain_bosh = true
consider_websocket_secure = true
consider_bosh_secure = true
component_ports = { 15347 }
component_interfaces = { "127.0.0.2" }

ssl = { key = ca .. "/chat.example.key", certificate = ca .. "/chat.example.crt", cafile = ca .. "/root.crt" }
https_ssl = { key = ca .. "/chat.example.key", certificate = ca .. "/chat.example.crt" }

VirtualHost "chat.example"

-- Offers no STARTTLS, which the client library would take.
VirtualHost "plain.example"
  modules_disabled = { "tls" }

Component "conference.chat.example" "muc"
Component "echo.chat.example"
  component_secret = "n1ght1ng4l3"
