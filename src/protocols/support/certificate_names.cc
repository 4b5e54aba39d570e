#include "protocols/support/certificate_names.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "base/text.h"

namespace parlance {
namespace {

// Tags of DER (X.690) that a certificate uses on the way to its names.
constexpr uint8_t kInteger = 0x02, kOctetString = 0x04, kObjectId = 0x06, kSequence = 0x30,
                  kSet = 0x31, kVersionTag = 0xa0, kExtensionsTag = 0xa3, kDnsNameTag = 0x82;
using ObjectId = std::array<uint8_t, 3>;
constexpr ObjectId kCommonName = {0x55, 0x04, 0x03};      // 2.5.4.3
constexpr ObjectId kOrganisation = {0x55, 0x04, 0x0a};    // 2.5.4.10
constexpr ObjectId kSubjectAltName = {0x55, 0x1d, 0x11};  // 2.5.29.17
constexpr size_t kNameAtMost = 255;
constexpr size_t kNamesUsual = 4;

/// One tag, length and value; not ok() where the octets are no DER.
struct Element {
  uint8_t tag = 0;
  Bytes value;
  bool ok = false;
};

Element next_element(ByteReader& reader) {
  Element element;
  element.tag = reader.u8();
  size_t length = reader.u8();
  if (length >= 0x80) {
    const size_t octets = length & 0x7f;
    if (octets == 0 || octets > 3) return element;  // certificates are shorter than 16 MiB
    length = 0;
    for (size_t i = 0; i < octets; ++i) length = length << 8 | reader.u8();
  }
  element.value = reader.bytes(length);
  element.ok = reader.ok();
  return element;
}

/// The value of the next element if it has this tag, else a reader at its end.
ByteReader enter(ByteReader& reader, uint8_t tag) {
  const Element element = next_element(reader);
  return ByteReader(element.ok && element.tag == tag ? element.value : Bytes{});
}

bool equals(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Names mostly are, and need no repair then.
bool is_printable(Bytes name) {
  return std::all_of(name.begin(), name.end(), [](uint8_t c) { return c >= 0x20 && c < 0x7f; });
}

class Names {
 public:
  explicit Names(size_t limit) : limit_(limit) {}

  bool full() const { return names_.size() >= limit_; }
  void add(Bytes name) {
    if (name.empty() || name.size() > kNameAtMost || full()) return;
    std::string text = is_printable(name) ? std::string(as_text(name)) : to_valid_utf8(name);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (names_.empty()) names_.reserve(kNamesUsual);
    if (std::find(names_.begin(), names_.end(), text) == names_.end()) {
      names_.push_back(std::move(text));
    }
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  size_t limit_;
  std::vector<std::string> names_;
};

/// Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; of several common names the last is the
/// one in use.
Bytes part_of_name(Bytes subject, const ObjectId& part) {
  Bytes found;
  ByteReader sets(subject);
  while (!sets.at_end()) {
    ByteReader set = enter(sets, kSet);
    while (!set.at_end()) {
      ByteReader pair = enter(set, kSequence);
      const Element type = next_element(pair);
      const Element value = next_element(pair);
      if (value.ok && type.tag == kObjectId && equals(type.value, part)) found = value.value;
    }
  }
  return found;
}

/// Extensions ::= SEQUENCE OF SEQUENCE { id, critical BOOLEAN DEFAULT FALSE, value OCTET STRING }
void add_alternative_names(Bytes extensions, Names& names) {
  ByteReader outer(extensions);
  ByteReader list = enter(outer, kSequence);
  while (!list.at_end()) {
    ByteReader extension = enter(list, kSequence);
    const Element id = next_element(extension);
    if (!id.ok || id.tag != kObjectId || !equals(id.value, kSubjectAltName)) continue;
    Element value = next_element(extension);
    if (value.ok && value.tag != kOctetString) value = next_element(extension);
    if (!value.ok) continue;
    ByteReader wrapped(value.value);
    ByteReader general = enter(wrapped, kSequence);
    while (!general.at_end() && !names.full()) {
      const Element name = next_element(general);
      if (!name.ok) break;
      if (name.tag == kDnsNameTag) names.add(name.value);
    }
  }
}

/// The part of a certificate that is signed, from its issuer on; at its end if `der` is no
/// certificate.
ByteReader body_at_issuer(Bytes der) {
  ByteReader whole(der);
  ByteReader certificate = enter(whole, kSequence);
  ByteReader body = enter(certificate, kSequence);
  if (body.peek() == kVersionTag) next_element(body);
  if (next_element(body).tag != kInteger) return ByteReader({});  // serial number
  next_element(body);                                             // signature algorithm
  return body;
}

}  // namespace

std::vector<std::string> certificate_issuer(Bytes der) {
  std::vector<std::string> parts;
  ByteReader body = body_at_issuer(der);
  const Element issuer = next_element(body);
  if (!issuer.ok || issuer.tag != kSequence) return parts;
  for (const ObjectId& part : {kOrganisation, kCommonName}) {
    const Bytes text = part_of_name(issuer.value, part);
    if (!text.empty() && text.size() <= kNameAtMost) parts.push_back(to_valid_utf8(text));
  }
  return parts;
}

std::vector<std::string> certificate_names(Bytes der, size_t limit) {
  ByteReader body = body_at_issuer(der);
  next_element(body);  // issuer
  next_element(body);  // validity
  const Element subject = next_element(body);
  if (!subject.ok || subject.tag != kSequence) return {};
  next_element(body);  // public key

  Names names(limit);
  while (!body.at_end()) {
    const Element part = next_element(body);
    if (part.ok && part.tag == kExtensionsTag) add_alternative_names(part.value, names);
  }
  names.add(part_of_name(subject.value, kCommonName));
  return names.take();
}

}  // namespace parlance
