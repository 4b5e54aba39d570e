// What a parser says, turned into a conversation's evidence, notes and inner channels.
#pragma once

#include "inspect/conversation.h"

namespace parlance::inspect {

/// Speaks for one attempt on one channel while one of its functions runs.
class AttemptFindings final : public Findings {
 public:
  AttemptFindings(Conversation& conversation, Channel& channel, Attempt& attempt)
      : conversation_(conversation), channel_(channel), attempt_(attempt) {}

  void confirm(Strength strength, std::string_view what, const Place& place,
               Sentence text) override;
  void refute(std::string_view reason) override;
  void finish() override { attempt_.over = true; }
  void support(std::string_view protocol, Strength strength, std::string_view what,
               const Place& place, Sentence text) override;
  void field(std::string_view buffer, const Place& place) override;
  void note(std::string_view key, NoteValue value) override;
  void count(std::string_view key, int64_t by) override;
  void call_sign(std::string_view sign) override { conversation_.add_call_sign(sign); }
  void may_skip(Direction direction, uint64_t octets) override;
  void resolved(std::string_view name, const IpAddress& address, uint32_t ttl_seconds) override;
  ChannelId open(Carrier carrier, Unit unit) override;
  ChannelId open_as(std::string_view parser, Carrier carrier, Unit unit,
                    Parameters parameters) override;
  void deliver(ChannelId inner, Direction direction, Bytes octets) override;
  void deliver_late(ChannelId inner, Direction direction, Bytes octets, uint64_t offset) override;
  void deliver_gap(ChannelId inner, Direction direction, uint64_t length) override;
  bool listening(ChannelId inner) const override;
  const Limits& limits() const override { return conversation_.bench_.limits; }
  Timestamp now() const override { return conversation_.now_.time; }
  const TlsSecrets& secrets() const override { return conversation_.bench_.secrets; }
  const FiveTuple& flow() const override { return conversation_.facts_.tuple; }

 private:
  void hold_back(Note note, bool counts);
  void release_notes();

  Conversation& conversation_;
  Channel& channel_;
  Attempt& attempt_;
};

}  // namespace parlance::inspect
