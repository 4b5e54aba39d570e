#include "protocols/support/dns_parser.h"

namespace parlance {
namespace {

constexpr int kBadAtMost = 4;  // datagrams that are not DNS, when some were

/// Resolvers may only be believed about what was asked: a name without a question labels nothing.
bool answers_a_question(const DnsMessage& message, const std::string& name) {
  for (const DnsQuestion& question : message.questions) {
    if (question.name == name) return true;
  }
  return false;
}

}  // namespace

bool uses_port(const Findings& findings, uint16_t port) {
  const FiveTuple& flow = findings.flow();
  return flow.source.port == port || flow.destination.port == port;
}

bool DnsReporter::read(Bytes octets, const Place& place, Findings& findings) {
  const auto message = read_dns_message(octets, findings.limits().dns_names);
  if (!message) return false;
  const std::string_view name =
      message->questions.empty() ? std::string_view{} : message->questions.front().name;
  const bool matches = message->response && asked_ && message->id == last_id_ && name == last_name_;
  if (!said_message_) {
    said_message_ = true;
    // A question fixes name, type and class; records alone leave more to chance.
    const Strength strength = name.empty() ? Strength::strong : Strength::proof;
    findings.confirm(strength, message->response ? "response" : "query", place,
                     "a DNS message whose sections end exactly with it");
    if (!name.empty()) findings.note("dns.rrname", std::string(name));
  }
  if (matches && !said_answer_) {
    said_answer_ = true;
    findings.confirm(Strength::proof, "answer", place,
                     "a DNS response with the identifier and question of the query before it");
  }
  if (message->response) {
    findings.note("dns.rcode", dns_rcode_name(message->rcode));
    if (resolves_ && place.direction == Direction::to_client) resolve(*message, findings);
  } else {
    asked_ = true;
    last_id_ = message->id;
    last_name_ = name;
  }
  return true;
}

void DnsReporter::resolve(const DnsMessage& message, Findings& findings) {
  if (message.opcode != 0 || message.rcode != 0) return;
  for (const DnsAnswer& answer : message.answers) {
    if (answer.type == dns_type::kCname) continue;
    const std::string& name = queried_name(message, answer);
    if (answers_a_question(message, name)) findings.resolved(name, answer.address, answer.ttl);
  }
}

bool DnsDatagrams::port_fits(const Findings& findings) const {
  const bool mdns = uses_port(findings, dns_port::kMdns);
  const bool llmnr = uses_port(findings, dns_port::kLlmnr);
  switch (kind_) {
    case Kind::mdns:
      return mdns;
    case Kind::llmnr:
      return llmnr && !mdns;
    case Kind::dns:
      break;
  }
  return !mdns && !llmnr && !uses_port(findings, dns_port::kNbns);
}

void DnsDatagrams::data(Direction direction, Bytes octets, Findings& findings) {
  if (good_ == 0 && !port_fits(findings)) return findings.refute("the port is a relative's");
  uint64_t& offset = offset_[index(direction)];
  const Place place{direction, offset, octets};
  offset += octets.size();
  if (reporter_.read(octets, place, findings)) {
    ++good_;
  } else if (good_ == 0) {
    findings.refute("the message does not parse to its end as DNS");
  } else if (++bad_ >= kBadAtMost) {
    findings.finish();
  }
}

void DnsDatagrams::gap(Direction direction, uint64_t length, Findings&) {
  offset_[index(direction)] += length;
}

}  // namespace parlance
