#include "report/json_schema.h"

namespace parlance::report {

std::string_view json_schema() {
  return R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:parlance:schema:flow:1",
  "title": "parlance flow record, version 1: one JSON object a line",
  "type": "object",
  "required": ["schema", "event_type", "timestamp", "flow_id", "src_ip", "src_port", "dest_ip",
               "dest_port", "proto", "stack", "label", "flow"],
  "properties": {
    "schema": { "const": "parlance.flow/1" },
    "event_type": { "enum": ["flow", "label"],
                    "description": "flow: the flow has ended; label: it goes on, and its label is provisional (--follow)" },
    "timestamp": { "$ref": "#/$defs/time", "description": "when the flow ended, or was last heard of" },
    "flow_id": { "type": "integer", "minimum": 0, "maximum": 9007199254740991,
                 "description": "number, over all inputs, of the packet that opened the flow" },
    "community_id": { "type": "string", "pattern": "^1:[A-Za-z0-9+/]{27}=$" },
    "pcap_filename": { "type": "string", "minLength": 1 },
    "in_iface": { "type": "string", "minLength": 1 },
    "src_ip": { "type": "string", "minLength": 2, "description": "the client" },
    "src_port": { "$ref": "#/$defs/port" },
    "dest_ip": { "type": "string", "minLength": 2, "description": "the server" },
    "dest_port": { "$ref": "#/$defs/port" },
    "proto": { "enum": ["TCP", "UDP"] },
    "direction_known": { "const": false, "description": "present where client and server are a guess" },
    "vlan": { "type": "array", "minItems": 1, "maxItems": 4,
              "items": { "type": "integer", "minimum": 0, "maximum": 4095 },
              "description": "identifiers, outermost first" },
    "stack": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/name" },
               "description": "protocols that octets on the wire showed, outermost first" },
    "label": {
      "type": "object",
      "required": ["protocol", "class", "state"],
      "additionalProperties": false,
      "properties": {
        "protocol": { "$ref": "#/$defs/name", "description": "the innermost messaging protocol of the stack, else its innermost; unknown if there is none" },
        "class": { "enum": ["xmpp", "websocket", "proprietary", "open", "other", "unknown"] },
        "strength": { "$ref": "#/$defs/strength" },
        "state": { "enum": ["final", "provisional"], "description": "provisional: the flow goes on, or was evicted before it was decided" }
      }
    },
    "app": {
      "type": "object",
      "required": ["name", "strength", "basis"],
      "additionalProperties": false,
      "properties": {
        "name": { "$ref": "#/$defs/name" },
        "strength": { "$ref": "#/$defs/strength" },
        "basis": { "enum": ["payload", "sni", "certificate", "dns", "address", "port", "fingerprint", "behaviour"] }
      }
    },
    "evidence": {
      "type": "array", "minItems": 1, "maxItems": 16,
      "description": "strongest first",
      "items": {
        "type": "object",
        "required": ["rule", "revision", "supports", "strength", "layer"],
        "additionalProperties": false,
        "properties": {
          "rule": { "type": "string", "pattern": "^[a-z0-9_.-]+/[A-Za-z0-9_.-]+$" },
          "revision": { "type": "integer", "minimum": 1 },
          "supports": { "$ref": "#/$defs/name" },
          "strength": { "$ref": "#/$defs/strength" },
          "layer": { "$ref": "#/$defs/name" },
          "dir": { "enum": ["toserver", "toclient"] },
          "offset": { "$ref": "#/$defs/count", "description": "octets from the start of that layer's stream in that direction" },
          "length": { "$ref": "#/$defs/count" },
          "frame": { "type": "integer", "minimum": 1, "description": "number of the packet in its capture" },
          "bytes": { "type": "string", "pattern": "^([0-9a-f]{2})+$", "description": "the first of them" },
          "text": { "type": "string", "minLength": 1 }
        }
      }
    },
    "flow": {
      "type": "object",
      "required": ["start", "end", "pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient",
                   "state", "direction_basis"],
      "additionalProperties": false,
      "properties": {
        "start": { "$ref": "#/$defs/time" },
        "end": { "$ref": "#/$defs/time" },
        "pkts_toserver": { "$ref": "#/$defs/count" },
        "pkts_toclient": { "$ref": "#/$defs/count" },
        "bytes_toserver": { "$ref": "#/$defs/count", "description": "of IP packets, their headers included" },
        "bytes_toclient": { "$ref": "#/$defs/count" },
        "state": { "enum": ["new", "established", "closing", "closed"] },
        "reason": { "enum": ["fin", "rst", "timeout", "replaced", "evicted", "end"], "description": "why the flow ended; absent while it goes on" },
        "direction_basis": { "enum": ["syn", "syn-ack", "payload", "port", "first-sender"], "description": "how the client was told from the server" }
      }
    },
    "reassembly": {
      "type": "object",
      "description": "TCP: what the label could not see",
      "required": ["midstream", "gaps_toserver", "gaps_toclient", "overlap_conflicts", "truncated"],
      "additionalProperties": false,
      "properties": {
        "midstream": { "type": "boolean" },
        "gaps_toserver": { "$ref": "#/$defs/count" },
        "gaps_toclient": { "$ref": "#/$defs/count" },
        "gap_bytes_toserver": { "type": "integer", "minimum": 1 },
        "gap_bytes_toclient": { "type": "integer", "minimum": 1 },
        "overlap_conflicts": { "$ref": "#/$defs/count" },
        "truncated": { "type": "boolean" },
        "stray_resets": { "type": "integer", "minimum": 1 }
      }
    },
    "tls": {
      "description": "what TLS says in the clear and, with keys, what its handshake hides",
      "properties": {
        "sni": { "type": "string", "description": "server name that the client asked for" },
        "version": { "type": "string", "description": "agreed on: SSLv3, TLSv1.0 to TLSv1.3; of DTLS likewise" },
        "cipher": { "type": "string", "description": "number of the suite agreed on, as 0x1301" },
        "alpn": { "$ref": "#/$defs/texts", "description": "protocol agreed on; in TLS 1.3 only with keys" },
        "client_alpns": { "$ref": "#/$defs/texts", "description": "what the client offered" },
        "server_alpns": { "$ref": "#/$defs/texts" },
        "ja4": { "type": "string", "description": "fingerprint of the client" },
        "resumed": { "type": "boolean", "description": "the session is an older one's" },
        "early_data": { "const": true, "description": "the client offered 0-RTT data, which the server may have refused" },
        "certificate_names": { "$ref": "#/$defs/texts", "description": "of the server's certificate; in TLS 1.3 only with keys" },
        "alert": { "type": "string", "description": "an alert in the clear" },
        "psk_offered": { "const": true, "description": "the client offered to resume a session, or another pre-shared key" },
        "ech": { "const": true, "description": "Encrypted Client Hello, or what looks like it" },
        "ech_kdf": { "type": "string" },
        "ech_aead": { "type": "string" },
        "ech_config_id": { "type": "integer", "minimum": 0, "maximum": 255 },
        "ech_enc_octets": { "$ref": "#/$defs/count" },
        "ech_payload_octets": { "$ref": "#/$defs/count" },
        "name_hidden": { "const": true, "description": "sni is only the outer name, which covers the one meant" },
        "behaviour": { "type": "string", "description": "what the lengths of records suggest: no-finished, no-finished-alone, or (--behaviour) websocket, full-blocks" },
        "decrypted": { "const": true, "description": "records were opened with keys; absent where none were" },
        "unopened_records": { "type": "integer", "minimum": 1, "description": "that did not verify although there were keys: of refused early data, damaged, or of a handshake without keys; what was in them is missing from the channel inside" },
        "renegotiated": { "const": true, "description": "a second handshake came inside the first one's records, which were opened" }
      }
    },
    "quic": {
      "properties": {
        "version": { "type": "string" },
        "retry": { "const": true, "description": "the server asked for another first flight" },
        "decrypted": { "const": true, "description": "packets were opened with keys; absent where none were" },
        "unopened_packets": { "type": "integer", "minimum": 1, "description": "that did not verify although there were keys" }
      }
    },
    "http": {
      "description": "HTTP of any version",
      "properties": {
        "version": { "type": "string", "description": "1.0, 1.1, 2 or 3" },
        "requests": { "$ref": "#/$defs/count", "description": "of all streams" },
        "hostname": { "type": "string" },
        "url": { "type": "string", "description": "path of a request, without its query: the last of the first few" },
        "user_agent": { "type": "string" },
        "status": { "type": "integer", "description": "of the last answer" },
        "headers_lost": { "const": true, "description": "field blocks of HTTP/2 could not be read: what they refer to was not captured" },
        "unread_streams": { "type": "integer", "minimum": 1, "description": "directions of HTTP/3 streams that could not be read to their end" }
      }
    },
    "websocket": {
      "properties": {
        "over": { "type": "string", "description": "what agreed on it: http/1.1, http/2 or http/3" },
        "subprotocol": { "type": "string" },
        "extensions": { "$ref": "#/$defs/texts" },
        "frames_toserver": { "$ref": "#/$defs/count" },
        "frames_toclient": { "$ref": "#/$defs/count" },
        "close_code": { "type": "integer" }
      }
    },
    "grpc": {
      "properties": {
        "messages_toserver": { "$ref": "#/$defs/count" },
        "messages_toclient": { "$ref": "#/$defs/count" }
      }
    },
    "socks": {
      "description": "what a SOCKS proxy was asked for",
      "properties": {
        "version": { "enum": [4, 5] },
        "command": { "type": "string", "description": "connect, bind or udp-associate; Tor's resolve and resolve-address" },
        "host": { "type": "string", "description": "name or address asked for" },
        "port": { "$ref": "#/$defs/port" },
        "reply": { "type": "integer", "description": "the proxy's code: 0 (version 5) or 90 (version 4) if it agreed" }
      }
    },
    "proxy": {
      "description": "a PROXY header: for whom a proxy made this connection",
      "properties": {
        "version": { "enum": [1, 2] },
        "source": { "type": "string", "description": "address and port of who connected to the proxy" },
        "destination": { "type": "string" },
        "alpn": { "type": "string" },
        "authority": { "type": "string", "description": "server name that the proxy was asked for" },
        "tls": { "type": "boolean", "description": "whether the client came to the proxy by TLS" },
        "tls_version": { "type": "string" }
      }
    },
    "call": {
      "description": "the flow is one of several of a call: its media, or what opens the way for it",
      "properties": {
        "flow_id": { "type": "integer", "minimum": 0, "description": "of the call's first flow that was known when this one ended" }
      }
    },
    "telegram": {
      "properties": {
        "transport": { "enum": ["abridged", "intermediate", "padded intermediate", "full", "HTTP", "reflector"],
                       "description": "how messages stand in a stream; reflector: datagrams of a call" },
        "obfuscated": { "const": true, "description": "the stream was opened with the key in its first 64 octets" },
        "proxied": { "const": true, "description": "through an MTProxy whose secret was given" },
        "cover_host": { "type": "string", "description": "name in a hello of what only looks like TLS" },
        "data_centre": { "type": "integer", "description": "that a proxy was asked for: 1 to 5; above 10000 for tests, negative for media" },
        "auth_key_id": { "type": "string", "pattern": "^[0-9a-f]{16}$", "description": "identifier of the key, the same in all flows of an account's device to a data centre" },
        "key_exchange": { "const": true, "description": "a key was being agreed on" },
        "error": { "type": "integer", "description": "the server's, negative: -404, the key is not known" }
      }
    },
    "starttls": {
      "properties": {
        "protocol": { "type": "string", "description": "in which TLS was asked for, and granted" }
      }
    }
  },
  "patternProperties": {
    "^(?!(schema|event_type|timestamp|flow_id|community_id|pcap_filename|in_iface|src_ip|src_port|dest_ip|dest_port|proto|direction_known|vlan|stack|label|app|evidence|flow|reassembly)$)[a-z][a-z0-9_]*$": {
      "description": "what a parser read of its protocol; those described above are such objects as well, and may have other members",
      "type": "object",
      "minProperties": 1,
      "additionalProperties": false,
      "patternProperties": {
        "^[a-z][a-z0-9_]*$": {
          "oneOf": [
            { "type": "boolean" },
            { "type": "integer" },
            { "type": "string", "minLength": 1 },
            { "type": "array", "minItems": 1, "maxItems": 64, "items": { "type": "string" } }
          ]
        }
      }
    }
  },
  "additionalProperties": false,
  "$defs": {
    "time": { "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}Z$" },
    "port": { "type": "integer", "minimum": 0, "maximum": 65535 },
    "count": { "type": "integer", "minimum": 0 },
    "texts": { "type": "array", "items": { "type": "string" } },
    "name": { "type": "string", "pattern": "^[a-z0-9][a-z0-9+._-]*$" },
    "strength": { "enum": ["hint", "strong", "proof"] }
  }
}
)json";
}

}  // namespace parlance::report
