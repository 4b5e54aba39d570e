#include "protocols/support/messagepack.h"

namespace parlance {
namespace {

using Kind = MessagepackValue::Kind;

/// A value's first octets, read: what it is, how many octets follow that are no values, and how
/// many values.
struct Head {
  Kind kind = Kind::nil;
  uint64_t octets = 0, values = 0, number = 0;
};

std::optional<Head> head_of_sized(uint8_t first, ByteReader& reader) {
  const auto whole = [](uint64_t number) { return Head{Kind::number, 0, 0, number}; };
  const auto text = [](uint64_t octets) { return Head{Kind::text, octets, 0, 0}; };
  const auto binary = [](uint64_t octets) { return Head{Kind::binary, octets, 0, 0}; };
  const auto extension = [](uint64_t octets) { return Head{Kind::extension, octets + 1, 0, 0}; };
  const auto array = [](uint64_t values) { return Head{Kind::array, 0, values, values}; };
  const auto map = [](uint64_t members) { return Head{Kind::map, 0, 2 * members, members}; };
  switch (first) {
    case 0xc0:
      return Head{};
    case 0xc2:
    case 0xc3:
      return Head{Kind::boolean, 0, 0, first & 1U};
    case 0xc4:
      return binary(reader.u8());
    case 0xc5:
      return binary(reader.be16());
    case 0xc6:
      return binary(reader.be32());
    case 0xc7:
      return extension(reader.u8());
    case 0xc8:
      return extension(reader.be16());
    case 0xc9:
      return extension(reader.be32());
    case 0xca:
      return Head{Kind::real, 4, 0, 0};
    case 0xcb:
      return Head{Kind::real, 8, 0, 0};
    case 0xcc:
      return whole(reader.u8());
    case 0xcd:
      return whole(reader.be16());
    case 0xce:
      return whole(reader.be32());
    case 0xcf:
      return whole(reader.be64());
    case 0xd0:
      return whole(reader.u8());
    case 0xd1:
      return whole(reader.be16());
    case 0xd2:
      return whole(reader.be32());
    case 0xd3:
      return whole(reader.be64());
    case 0xd9:
      return text(reader.u8());
    case 0xda:
      return text(reader.be16());
    case 0xdb:
      return text(reader.be32());
    case 0xdc:
      return array(reader.be16());
    case 0xdd:
      return array(reader.be32());
    case 0xde:
      return map(reader.be16());
    case 0xdf:
      return map(reader.be32());
    default:
      break;
  }
  if (first >= 0xd4 && first <= 0xd8) return extension(uint64_t{1} << (first - 0xd4));
  return std::nullopt;  // 0xc1 is never used
}

std::optional<Head> read_head(ByteReader& reader) {
  const uint8_t first = reader.u8();
  std::optional<Head> head;
  if (first < 0x80) {
    head = Head{Kind::number, 0, 0, first};
  } else if (first >= 0xe0) {
    head = Head{Kind::number, 0, 0, 0};
  } else if (first < 0x90) {
    head = Head{Kind::map, 0, 2 * (first & 0x0fU), first & 0x0fU};
  } else if (first < 0xa0) {
    head = Head{Kind::array, 0, first & 0x0fU, first & 0x0fU};
  } else if (first < 0xc0) {
    head = Head{Kind::text, first & 0x1fU, 0, 0};
  } else {
    head = head_of_sized(first, reader);
  }
  // Each value has an octet at least.
  const bool fits = reader.ok() && head && head->octets <= reader.remaining() &&
                    head->values <= reader.remaining();
  return fits ? head : std::nullopt;
}

}  // namespace

std::optional<MessagepackValue> read_messagepack(ByteReader& reader) {
  const auto head = read_head(reader);
  if (!head) return std::nullopt;
  MessagepackValue value{head->kind, head->number, {}};
  const Bytes rest = reader.rest();
  reader.skip(head->octets);
  for (uint64_t left = head->values; left > 0; --left) {
    const auto inner = read_head(reader);
    if (!inner) return std::nullopt;
    reader.skip(inner->octets);
    left += inner->values;
  }
  value.content = rest.first(rest.size() - reader.remaining());
  return value;
}

std::optional<MessagepackValue> find(const MessagepackValue& map, std::string_view key) {
  if (!map.is(Kind::map)) return std::nullopt;
  ByteReader reader(map.content);
  for (uint64_t left = map.number; left > 0; --left) {
    const auto name = read_messagepack(reader);
    auto value = read_messagepack(reader);
    if (!name || !value) return std::nullopt;
    if (name->text() == key) return value;
  }
  return std::nullopt;
}

}  // namespace parlance
