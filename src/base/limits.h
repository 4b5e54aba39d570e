// Every bound on what the wire can make us keep or do, in one place, the unit in its name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace parlance {

constexpr size_t kKibi = 1024;
constexpr size_t kMebi = 1024 * kKibi;

constexpr size_t kBehaviourRecords = 64;  ///< Limits::behaviour_records where behaviour is asked for

struct Limits {
  // capture
  size_t packet_octets = 256 * kKibi;     ///< a packet record above this is damage
  size_t block_octets = 16 * kMebi;       ///< a pcapng block above this is damage
  size_t interfaces_per_section = 65536;  ///< of a pcapng section
  size_t secrets_octets = 16 * kMebi;     ///< kept from secrets blocks and comments

  // decode
  int nesting_layers = 24;              ///< headers of link, network and tunnel in a packet
  size_t fragment_datagrams = 4096;     ///< datagrams being put together at a time
  size_t fragment_octets = 16 * kMebi;  ///< held by all of them together
  int64_t fragment_timeout_ns = 60'000'000'000;  ///< RFC 8200 section 4.5

  // flow
  size_t flows = 64'000'000;            ///< above this the least interesting are ended
  size_t memory_octets = 4096 * kMebi;  ///< likewise; of the whole program (--memory)

  // stream (a direction of a TCP flow)
  size_t reorder_octets = kMebi;              ///< held out of order, per direction
  size_t reorder_segments = 1024;             ///< held out of order, per direction
  size_t reorder_total_octets = 256 * kMebi;  ///< held out of order, all flows of a worker

  // inspect
  size_t head_octets = 16 * kKibi;  ///< kept of a channel until it is decided
  size_t head_portions = 1024;      ///< likewise, in however many pieces they come
  size_t scan_octets = 8 * kKibi;   ///< searched for signatures, per direction
  size_t scan_messages = 16;        ///< searched for signatures, per direction
  size_t channel_depth = 8;         ///< channels inside one another
  size_t channels_per_flow = 64;    ///< channels of a flow, all levels together
  size_t relayed_peers = 16;        ///< whose datagrams a relay (TURN, SOCKS) carries
  size_t parsers_per_channel = 12;  ///< tried on one channel at a time
  size_t evidence_per_flow = 16;    ///< pieces kept for a record
  size_t notes_per_flow = 64;       ///< values read by parsers, kept for a record

  // protocols
  size_t line_octets = 8 * kKibi;           ///< of a text protocol
  size_t header_block_octets = 64 * kKibi;  ///< all header fields of an HTTP or SIP message
  size_t header_fields = 256;               ///< of an HTTP or SIP message
  size_t http_streams = 256;                ///< of a connection, open at a time
  size_t http_tunnels = 16;                 ///< of a connection's streams, looked into
  size_t http_bodies_octets = kMebi;        ///< kept of all bodies of a connection
  size_t hpack_table_octets = 64 * kKibi;   ///< of field compression, per direction
  size_t message_octets = 256 * kKibi;      ///< of a WebSocket or HTTP message put together
  size_t inflate_octets = kMebi;            ///< made from one compressed message
  size_t handshake_octets = 256 * kKibi;    ///< of a TLS handshake, per direction
  size_t withheld_octets = 64 * kKibi;      ///< of TLS records that wait for their keys, per flow
  size_t behaviour_records = 0;             ///< of a TLS connection, told by their lengths
  size_t quic_streams = 256;                ///< followed at a time, of a QUIC connection
  size_t quic_reorder_octets = 512 * kKibi;  ///< held out of order, of a QUIC connection
  size_t quic_reorder_pieces = 1024;        ///< held out of order, of a QUIC connection
  size_t quic_waiting_octets = 64 * kKibi;  ///< of QUIC packets that wait for their keys, per flow
  size_t xml_depth = 64;                    ///< of an XMPP stream
  size_t xml_stanza_octets = 256 * kKibi;   ///< of an XMPP stanza
  size_t dns_names = 64;                    ///< taken from one DNS message
};

}  // namespace parlance
