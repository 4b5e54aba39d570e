// What harnesses give to parsers.
#pragma once

#include <cstdint>

#include "base/text.h"
#include "protocols/parser.h"
#include "secrets/tls_secrets.h"

namespace parlance::fuzz {

/// Says yes to everything and keeps nothing; checks what every parser owes to Findings.
class CarelessFindings : public Findings {
 public:
  /// `secrets` must outlive it.
  explicit CarelessFindings(const TlsSecrets& secrets = no_secrets()) : secrets_(&secrets) {}

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
  void call_sign(std::string_view sign) override { touch(as_bytes(sign)); }
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
  const TlsSecrets& secrets() const override { return *secrets_; }
  const FiveTuple& flow() const override { return tuple_; }

 private:
  /// Reads every octet, so that a sanitizer sees a view that has died.
  void touch(Bytes octets) {
    for (const uint8_t octet : octets) sum_ = static_cast<uint8_t>(sum_ + octet);
  }
  Limits limits_;
  const TlsSecrets* secrets_;
  FiveTuple tuple_;
  ChannelId channels_ = 0;
  volatile uint8_t sum_ = 0;
};

}  // namespace parlance::fuzz
