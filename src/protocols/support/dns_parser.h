// What DNS and its kin (over UDP, over TCP, mDNS, LLMNR) do alike with a message.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "protocols/parser.h"
#include "protocols/support/dns_message.h"

namespace parlance {

namespace dns_port {
constexpr uint16_t kDns = 53, kNbns = 137, kMdns = 5353, kLlmnr = 5355;
}

/// True if either end of the flow uses `port`.
bool uses_port(const Findings& findings, uint16_t port);

/// Confirms messages, notes the first question and, where wanted, hands on resolutions.
class DnsReporter {
 public:
  /// Only a resolver's answers to questions of the client may name later flows.
  explicit DnsReporter(bool resolves) : resolves_(resolves) {}

  /// False if the message at `place` is not DNS.
  bool read(Bytes message, const Place& place, Findings& findings);

 private:
  void resolve(const DnsMessage& message, Findings& findings);

  bool resolves_;
  bool said_message_ = false;
  bool said_answer_ = false;
  bool asked_ = false;
  std::string last_name_;  // of the last query
  uint16_t last_id_ = 0;
};

/// A parser of datagrams that are DNS messages each.
class DnsDatagrams : public Parser {
 public:
  enum class Kind : uint8_t { dns, mdns, llmnr };
  explicit DnsDatagrams(Kind kind) : kind_(kind), reporter_(kind == Kind::dns) {}

  void data(Direction direction, Bytes octets, Findings& findings) override;
  /// Datagrams are read one by one.
  void gap(Direction direction, uint64_t length, Findings& findings) override;

 private:
  bool port_fits(const Findings& findings) const;

  Kind kind_;
  DnsReporter reporter_;
  std::array<uint64_t, 2> offset_{};
  int good_ = 0;
  int bad_ = 0;
};

}  // namespace parlance
