// DNS messages (RFC 1035), walked from their header to their last octet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/five_tuple.h"

namespace parlance {

namespace dns_type {
constexpr uint16_t kA = 1, kCname = 5, kAaaa = 28, kOpt = 41;
}

struct DnsQuestion {
  std::string name;  ///< lower case, labels joined by dots; "." for the root
  uint16_t type = 0;
  uint16_t klass = 0;
};

/// An A, AAAA or CNAME record of the answer section.
struct DnsAnswer {
  std::string name;
  uint16_t type = 0;
  uint32_t ttl = 0;
  std::string target;  ///< of a CNAME
  IpAddress address;   ///< of an A or AAAA
};

struct DnsMessage {
  uint16_t id = 0;
  bool response = false;
  uint8_t opcode = 0;
  uint8_t rcode = 0;
  uint16_t records = 0;  ///< of all sections but the questions
  std::vector<DnsQuestion> questions;
  std::vector<DnsAnswer> answers;
};

/// The name that a client asked for when it got `answer`: the CNAME chain followed backwards
/// for some steps.
const std::string& queried_name(const DnsMessage& message, const DnsAnswer& answer);

/// The message, if all its sections parse and end with `octets`; at most `names` answers are kept.
/// Compression pointers only lead backwards.
std::optional<DnsMessage> read_dns_message(Bytes octets, size_t names);

/// "NOERROR", "NXDOMAIN" …; the number in decimal if it has no name.
std::string dns_rcode_name(uint8_t rcode);

}  // namespace parlance
