#include "protocols/support/mqtt_packet.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "base/text.h"

namespace parlance::mqtt {
namespace {

constexpr std::string_view kNewName = "MQTT", kOldName = "MQIsdp";
constexpr uint8_t kBridgeBit = 0x80;

bool is_string(Bytes octets) {
  return is_utf8(octets) && std::find(octets.begin(), octets.end(), 0) == octets.end();
}

/// A string with a length of two octets before it (3.1.1 section 1.5.3).
Bytes read_field(ByteReader& reader) {
  return reader.bytes(reader.be16());
}

/// A number of one to four octets in its shortest form (5.0 section 1.5.5); sets `good`.
uint32_t read_number(ByteReader& reader, bool& good) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const uint8_t octet = reader.u8();
    value |= static_cast<uint32_t>(octet & 0x7f) << (7 * i);
    if ((octet & 0x80) != 0) continue;
    good = reader.ok() && (i == 0 || octet != 0);
    return value;
  }
  good = false;
  return value;
}

/// Passes over one property (5.0 section 2.2.2.2); false if its identifier is not known.
bool skip_property(ByteReader& reader) {
  bool good = true;
  switch (reader.u8()) {
    case 0x01:
    case 0x17:
    case 0x19:
    case 0x24:
    case 0x25:
    case 0x28:
    case 0x29:
    case 0x2a:
      reader.skip(1);
      break;
    case 0x13:
    case 0x21:
    case 0x22:
    case 0x23:
      reader.skip(2);
      break;
    case 0x02:
    case 0x11:
    case 0x18:
    case 0x27:
      reader.skip(4);
      break;
    case 0x0b:
      read_number(reader, good);
      break;
    case 0x03:
    case 0x08:
    case 0x09:
    case 0x12:
    case 0x15:
    case 0x16:
    case 0x1a:
    case 0x1c:
    case 0x1f:
      read_field(reader);
      break;
    case 0x26:
      read_field(reader);
      read_field(reader);
      break;
    default:
      return false;
  }
  return good && reader.ok();
}

/// A list of properties with its length before it.
bool skip_properties(ByteReader& reader) {
  bool good = false;
  const uint32_t length = read_number(reader, good);
  ByteReader list = reader.sub(length);
  if (!good || !reader.ok()) return false;
  while (!list.at_end()) {
    if (!skip_property(list)) return false;
  }
  return true;
}

bool skip_will(ByteReader& reader, uint8_t level) {
  if (level == 5 && !skip_properties(reader)) return false;
  if (!is_string(read_field(reader))) return false;
  read_field(reader);
  return reader.ok();
}

/// The payload of CONNECT: client identifier, will, user name, password (3.1.1 section 3.1.3).
bool connect_payload_is_whole(ByteReader& reader, uint8_t flags, uint8_t level) {
  if (!is_string(read_field(reader))) return false;
  if ((flags & 0x04) != 0 && !skip_will(reader, level)) return false;
  for (const uint8_t bit : {uint8_t{0x80}, uint8_t{0x40}}) {
    // MQTT 3.1 lets a client set the flag and leave the field out.
    if ((flags & bit) == 0 || (level == 3 && reader.at_end())) continue;
    read_field(reader);
  }
  return reader.ok() && reader.at_end();
}

/// PUBACK and its like: an identifier; in 5.0 a reason and properties may follow.
Shape shape_of_acknowledgement(Bytes body, uint8_t level) {
  ByteReader reader(body);
  if (reader.be16() == 0) return Shape::bad;
  if (reader.ok() && reader.at_end()) return Shape::plain;
  if (level != 5 && level != kLevelUnknown) return Shape::bad;
  reader.skip(1);
  if (reader.ok() && reader.at_end()) return Shape::plain;
  return skip_properties(reader) && reader.at_end() ? Shape::structured : Shape::bad;
}

Shape shape_of_connack(Bytes body, uint8_t level) {
  ByteReader reader(body);
  const uint8_t flags = reader.u8();
  const uint8_t reason = reader.u8();
  if (!reader.ok() || flags > 1) return Shape::bad;
  if (reader.at_end()) return level != 5 && reason <= 5 ? Shape::plain : Shape::bad;
  if (level == 3 || level == 4 || (reason != 0 && reason < 0x80)) return Shape::bad;
  return skip_properties(reader) && reader.at_end() ? Shape::structured : Shape::bad;
}

Shape shape_of_publish(const FixedHeader& header, Bytes body, uint8_t level) {
  ByteReader reader(body);
  const Bytes topic = read_field(reader);
  const size_t identifier = (header.flags & 0x06) != 0 ? 2 : 0;
  if (!reader.ok() || reader.position() + identifier > header.length) return Shape::bad;
  if (topic.empty()) return level == 5 ? Shape::plain : Shape::bad;
  const bool wild = std::any_of(topic.begin(), topic.end(),
                                [](uint8_t c) { return c == '#' || c == '+' || c < 0x20; });
  return wild || !is_string(topic) ? Shape::bad : Shape::structured;
}

/// SUBSCRIBE and UNSUBSCRIBE: an identifier and topic filters, one or more.
bool filters_fit(ByteReader reader, bool properties, bool options) {
  if (reader.be16() == 0) return false;
  if (properties && !skip_properties(reader)) return false;
  if (reader.at_end()) return false;
  while (reader.ok() && !reader.at_end()) {
    const Bytes filter = read_field(reader);
    if (filter.empty() || !is_string(filter)) return false;
    if (options && (reader.u8() & 0xc3) > 2) return false;
  }
  return reader.ok();
}

Shape shape_of_filters(Bytes body, uint8_t level, bool options) {
  const ByteReader reader(body);
  const bool old = level != 5 && filters_fit(reader, false, options);
  const bool now = (level == 5 || level == kLevelUnknown) && filters_fit(reader, true, options);
  return old || now ? Shape::structured : Shape::bad;
}

/// SUBACK and UNSUBACK: an identifier, in 5.0 properties, then a reason a filter.
Shape shape_of_filter_answer(Type type, Bytes body, uint8_t level) {
  ByteReader reader(body);
  if (reader.be16() == 0) return Shape::bad;
  if (type == Type::unsuback && level != 5 && reader.ok() && reader.at_end()) return Shape::plain;
  if (level == 5 && !skip_properties(reader)) return Shape::bad;
  if (!reader.ok() || reader.at_end()) return Shape::bad;
  for (const uint8_t reason : reader.rest()) {
    if (reason > 2 && reason < 0x80 && reason != 0x11) return Shape::bad;
  }
  return Shape::plain;
}

/// DISCONNECT and AUTH of 5.0: nothing, a reason, or a reason and properties.
Shape shape_of_farewell(Bytes body, uint8_t level) {
  if (body.empty()) return Shape::plain;
  if (level == 3 || level == 4) return Shape::bad;
  ByteReader reader(body);
  reader.skip(1);
  if (reader.at_end()) return Shape::plain;
  return skip_properties(reader) && reader.at_end() ? Shape::structured : Shape::bad;
}

bool flags_fit(Type type, uint8_t flags) {
  if (type == Type::publish) return (flags & 0x06) != 0x06;  // no quality of service 3
  if (type == Type::pubrel || type == Type::subscribe || type == Type::unsubscribe) {
    return (flags & 0x07) == 0x02;  // bit 3 repeats a packet in MQTT 3.1
  }
  return flags == 0;
}

}  // namespace

FixedHeader read_fixed_header(Bytes octets) {
  FixedHeader header;
  if (octets.empty()) return header;
  ByteReader reader(octets);
  const uint8_t first = reader.u8();
  header.type = static_cast<Type>(first >> 4);
  header.flags = first & 0x0f;
  header.answer = FixedHeader::Answer::bad;
  if (header.type == Type::reserved || !flags_fit(header.type, header.flags)) return header;
  bool good = false;
  header.length = read_number(reader, good);
  header.octets = reader.position();
  if (good) {
    header.answer = FixedHeader::Answer::good;
  } else if (!reader.ok()) {
    header.answer = FixedHeader::Answer::need_more;
  }
  return header;
}

Sender sender_of(Type type, uint8_t level) {
  switch (type) {
    case Type::connect:
    case Type::subscribe:
    case Type::unsubscribe:
    case Type::pingreq:
      return Sender::client;
    case Type::connack:
    case Type::suback:
    case Type::unsuback:
    case Type::pingresp:
      return Sender::server;
    case Type::disconnect:
      return level == 3 || level == 4 ? Sender::client : Sender::either;
    default:
      return Sender::either;
  }
}

bool may_start_connect(Bytes body) {
  for (const std::string_view name :
       {std::string_view("\0\4MQTT", 6), std::string_view("\0\6MQIsdp", 8)}) {
    const size_t length = std::min(name.size(), body.size());
    if (as_text(body.first(length)) == name.substr(0, length)) return true;
  }
  return false;
}

Connect read_connect(Bytes body) {
  Connect connect;
  ByteReader reader(body);
  const std::string_view name = as_text(read_field(reader));
  const uint8_t level = reader.u8();
  connect.level = level & static_cast<uint8_t>(~kBridgeBit);
  connect.bridge = (level & kBridgeBit) != 0;
  connect.shown = reader.position();
  connect.known = (name == kNewName && (connect.level == 4 || connect.level == 5)) ||
                  (name == kOldName && connect.level == 3);
  const uint8_t flags = reader.u8();
  reader.skip(2);  // keep-alive
  if (!reader.ok() || !connect.known || (connect.level != 3 && (flags & 0x01) != 0)) return connect;
  if (connect.level == 5 && !skip_properties(reader)) return connect;
  connect.whole = connect_payload_is_whole(reader, flags, connect.level);
  return connect;
}

size_t needed_of(const FixedHeader& header, Bytes body) {
  if (header.type != Type::publish) return header.length;
  ByteReader reader(body);
  const size_t topic = reader.be16();
  return std::min<size_t>(header.length, reader.ok() ? 2 + topic : 2);
}

Shape shape_of(const FixedHeader& header, Bytes body, uint8_t level) {
  switch (header.type) {
    case Type::connack:
      return shape_of_connack(body, level);
    case Type::publish:
      return shape_of_publish(header, body, level);
    case Type::puback:
    case Type::pubrec:
    case Type::pubrel:
    case Type::pubcomp:
      return shape_of_acknowledgement(body, level);
    case Type::subscribe:
      return shape_of_filters(body, level, true);
    case Type::unsubscribe:
      return shape_of_filters(body, level, false);
    case Type::suback:
    case Type::unsuback:
      return shape_of_filter_answer(header.type, body, level);
    case Type::pingreq:
    case Type::pingresp:
      return header.length == 0 ? Shape::plain : Shape::bad;
    case Type::disconnect:
      return shape_of_farewell(body, level);
    case Type::auth:
      return level == 3 || level == 4 ? Shape::bad : shape_of_farewell(body, level);
    default:
      return Shape::bad;
  }
}

}  // namespace parlance::mqtt
