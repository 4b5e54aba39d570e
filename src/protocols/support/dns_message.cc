#include "protocols/support/dns_message.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/text.h"

namespace parlance {
namespace {

constexpr size_t kNameAtMost = 255;  // RFC 1035 section 2.3.4
constexpr int kPointersAtMost = 32;  // of one name
constexpr int kAliasesAtMost = 12;   // followed from an address back to the name asked for
constexpr size_t kQuestionsAtMost = 64;

/// A label, fit to be shown: lower case, other octets than hosts use as U+FFFD or as they are.
void append_label(std::string& name, Bytes label) {
  if (!name.empty()) name += '.';
  // A message may have hundreds of names of a hundred labels, one octet each, by compression.
  const bool plain = printable_length(label) == label.size();
  append_lower(name, plain ? as_text(label) : std::string_view(to_valid_utf8(label)));
}

/// Reads a name (RFC 1035 section 4.1.4). `reader` stands in `message` and moves behind the name; a
/// pointer leads to an earlier place only, so that the walk ends. `name` is null if it is only to
/// be passed over.
bool read_name(Bytes message, ByteReader& reader, std::string* name) {
  if (name != nullptr) name->clear();
  size_t octets = 0;
  int pointers = 0;
  size_t earliest = reader.position();
  ByteReader at = reader;
  while (true) {
    const uint8_t length = at.u8();
    if (!at.ok()) return false;
    if (length >= 0xc0) {
      const size_t target = static_cast<size_t>(length & 0x3f) << 8 | at.u8();
      if (!at.ok() || target >= earliest || ++pointers > kPointersAtMost) return false;
      if (pointers == 1) reader = at;
      earliest = target;
      at = ByteReader(message);
      at.skip(target);
      continue;
    }
    if (length >= 0x40) return false;  // reserved
    if (length == 0) break;
    octets += length + 1U;
    const Bytes label = at.bytes(length);
    if (!at.ok() || octets >= kNameAtMost) return false;
    if (name != nullptr) append_label(*name, label);
  }
  if (pointers == 0) reader = at;
  if (name != nullptr && name->empty()) *name = ".";
  return true;
}

/// Classes in use (RFC 6895 section 3.2); mDNS takes the highest bit for itself (RFC 6762
/// section 10.2).
bool is_class(uint16_t value) {
  value &= 0x7fff;
  return value == 1 || value == 3 || value == 4 || value == 254 || value == 255;
}

bool read_question(Bytes message, ByteReader& reader, DnsQuestion& question) {
  if (!read_name(message, reader, &question.name)) return false;
  question.type = reader.be16();
  question.klass = reader.be16();
  return reader.ok() && question.type != 0 && is_class(question.klass);
}

/// A resource record (RFC 1035 section 4.1.3). It is put behind `answers` if it is of use and they
/// are not null. Most records are of no use, so names are made only when that is known.
bool read_record(Bytes message, ByteReader& reader, std::vector<DnsAnswer>* answers) {
  ByteReader owner = reader;
  if (!read_name(message, reader, nullptr)) return false;
  const uint16_t type = reader.be16();
  const uint16_t klass = reader.be16();
  const uint32_t ttl = reader.be32();
  const uint16_t length = reader.be16();
  ByteReader data = reader;  // names in the data may point into the message
  ByteReader target = data;
  const Bytes octets = reader.bytes(length);
  if (!reader.ok() || type == 0) return false;
  if (type != dns_type::kOpt && !is_class(klass)) return false;  // OPT puts a size there
  if (type == dns_type::kCname) {
    if (!read_name(message, data, nullptr) || data.position() != reader.position()) return false;
  } else if (type == dns_type::kA) {
    if (length != 4) return length == 0;  // updates have empty ones (RFC 2136 section 2.4)
  } else if (type == dns_type::kAaaa) {
    if (length != 16) return length == 0;
  } else {
    return true;
  }
  if (answers == nullptr) return true;
  DnsAnswer& answer = answers->emplace_back();
  read_name(message, owner, &answer.name);
  answer.type = type;
  answer.ttl = ttl;
  if (type == dns_type::kCname) {
    read_name(message, target, &answer.target);
  } else {
    answer.address = type == dns_type::kA ? IpAddress::v4(octets) : IpAddress::v6(octets);
  }
  return true;
}

}  // namespace

std::optional<DnsMessage> read_dns_message(Bytes octets, size_t names) {
  ByteReader reader(octets);
  std::optional<DnsMessage> result(std::in_place);  // made in its place: it is large
  DnsMessage& message = *result;
  message.id = reader.be16();
  const uint16_t flags = reader.be16();
  const uint16_t questions = reader.be16();
  const uint16_t answers = reader.be16();
  const uint32_t others = uint32_t{reader.be16()} + reader.be16();
  if (!reader.ok() || (flags & 0x0040) != 0) return std::nullopt;  // Z must be zero
  message.response = flags >> 15 != 0;
  message.opcode = flags >> 11 & 0x0f;
  message.rcode = flags & 0x0f;
  // Query, inverse, status, notify, update (RFC 6895 section 2.2); 5 to 8 are NBNS's, too.
  if (message.opcode > 8 || questions > kQuestionsAtMost) return std::nullopt;
  if (questions == 0 && answers == 0 && others == 0) return std::nullopt;
  for (int i = 0; i < questions; ++i) {
    if (!read_question(octets, reader, message.questions.emplace_back())) return std::nullopt;
  }
  // Each record takes eleven octets or more, so the claimed numbers cannot make the loop long.
  for (uint32_t i = 0; i < answers + others; ++i) {
    const bool wanted = i < answers && message.answers.size() < names;
    if (!read_record(octets, reader, wanted ? &message.answers : nullptr)) return std::nullopt;
    ++message.records;
  }
  if (!reader.at_end()) return std::nullopt;
  return result;
}

const std::string& queried_name(const DnsMessage& message, const DnsAnswer& answer) {
  const std::string* name = &answer.name;
  for (int step = 0; step < kAliasesAtMost; ++step) {
    const auto alias =
        std::find_if(message.answers.begin(), message.answers.end(), [&](const DnsAnswer& each) {
          return each.type == dns_type::kCname && each.target == *name && each.name != *name;
        });
    if (alias == message.answers.end()) break;
    name = &alias->name;
  }
  return *name;
}

std::string dns_rcode_name(uint8_t rcode) {
  switch (rcode) {
    case 0:
      return "NOERROR";
    case 1:
      return "FORMERR";
    case 2:
      return "SERVFAIL";
    case 3:
      return "NXDOMAIN";
    case 4:
      return "NOTIMP";
    case 5:
      return "REFUSED";
    default:
      return std::to_string(rcode);
  }
}

}  // namespace parlance
