// Every parser of the generated table, fed with one hostile conversation.
//
// Input: an octet that picks the parser, one that picks how it starts, then portions: a control
// octet (bit 0 the direction, bit 1 a gap, bit 2 the end of the direction), a length octet, the
// octets.
#include <algorithm>
#include <cstdint>

#include "harness.h"
#include "protocols/parser.h"

namespace parlance::fuzz {
namespace {

/// Says yes to everything and keeps nothing; checks what every parser owes to Findings.
class CarelessFindings : public Findings {
 public:
  bool over = false;

  void confirm(Strength, std::string_view what, const Place& place, Sentence text) override {
    touch(as_bytes(what));
    touch(place.octets);
    touch(as_bytes(text));
  }
  void refute(std::string_view reason) override {
    touch(as_bytes(reason));
    over = true;
  }
  void finish() override { over = true; }
  void support(std::string_view protocol, Strength, std::string_view, const Place& place,
               Sentence) override {
    touch(as_bytes(protocol));
    touch(place.octets);
  }
  void field(std::string_view, const Place& place) override { touch(place.octets); }
  void note(std::string_view, NoteValue) override {}
  void count(std::string_view, int64_t) override {}
  void resolved(std::string_view name, const IpAddress&, uint32_t) override {
    touch(as_bytes(name));
  }
  ChannelId open(Carrier, Unit) override { return channels_++; }
  ChannelId open_as(std::string_view, Carrier, Unit, Parameters) override { return channels_++; }
  void deliver(ChannelId id, Direction, Bytes octets) override {
    if (id >= channels_) __builtin_trap();
    touch(octets);
  }
  void deliver_late(ChannelId id, Direction direction, Bytes octets, uint64_t) override {
    deliver(id, direction, octets);
  }
  void deliver_gap(ChannelId id, Direction, uint64_t) override {
    if (id >= channels_) __builtin_trap();
  }
  bool listening(ChannelId) const override { return true; }
  const Limits& limits() const override { return limits_; }
  Timestamp now() const override { return {1'700'000'000'000'000'000}; }
  const TlsSecrets& secrets() const override { return secrets_; }
  const FiveTuple& flow() const override { return tuple_; }

 private:
  /// Reads every octet, so that a sanitizer sees a view that has died.
  void touch(Bytes octets) {
    for (const uint8_t octet : octets) sum_ = static_cast<uint8_t>(sum_ + octet);
  }
  Limits limits_;
  TlsSecrets secrets_;
  FiveTuple tuple_;
  ChannelId channels_ = 0;
  volatile uint8_t sum_ = 0;
};

Start start_from(uint8_t choice, const Parameters& parameters, Unit unit) {
  Start start;
  start.carrier = static_cast<Carrier>(choice % 5);
  start.unit = unit;
  start.agreed = (choice & 0x20) != 0;
  start.midstream = (choice & 0x40) != 0;
  start.parameters = (choice & 0x80) != 0 ? &parameters : nullptr;
  return start;
}

void run(const ParserModule& module, uint8_t choice, Bytes input) {
  const Parameters parameters = {{"key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                 {"accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                                 {"extensions", "permessage-deflate"}};
  const auto parser = module.make(start_from(choice, parameters, module.unit));
  CarelessFindings findings;
  while (input.size() >= 2 && !findings.over) {
    const uint8_t control = input[0];
    const size_t length = std::min<size_t>(input[1], input.size() - 2);
    const auto direction = static_cast<Direction>(control & 1);
    if ((control & 2) != 0) parser->gap(direction, length % 3, findings);
    if (!findings.over) parser->data(direction, input.subspan(2, length), findings);
    if (!findings.over && (control & 4) != 0) parser->end(direction, findings);
    input = input.subspan(2 + length);
  }
  if (!findings.over) parser->end(Direction::to_server, findings);
  if (!findings.over) parser->end(Direction::to_client, findings);
}

}  // namespace

void run_parsers(Bytes input) {
  if (input.size() < 2) return;
  const auto parsers = all_parsers();
  run(*parsers[input[0] % parsers.size()], input[1], input.subspan(2));
}

}  // namespace parlance::fuzz
