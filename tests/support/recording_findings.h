// A Findings that writes down what a parser says, for tests of single parsers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocols/parser.h"
#include "secrets/tls_secrets.h"

namespace parlance::test {

struct Confirmation {
  Strength strength;
  std::string what;
  Direction direction;
  uint64_t offset;
  std::string octets;
  std::string text;
};

struct InnerChannel {
  std::string parser;  ///< of open_as(); empty for open()
  Carrier carrier;
  Unit unit;
  Parameters parameters;
  std::string bytes[2];                  ///< everything delivered, by direction
  std::vector<std::string> messages[2];  ///< each delivery, by direction
  int gaps = 0;
  std::vector<uint64_t> late;  ///< offsets of deliveries that came late
};

/// Everything a parser said, in the order it said it.
class RecordingFindings : public Findings {
 public:
  std::vector<Confirmation> confirmed;
  std::vector<std::pair<std::string, Confirmation>> supported;
  std::string refuted;  ///< the reason; empty if it was not refuted
  bool finished = false;
  std::multimap<std::string, std::string> fields;
  std::map<std::string, NoteValue> notes;
  std::vector<InnerChannel> inner;
  std::vector<std::pair<std::string, IpAddress>> resolutions;
  Limits limit_values;
  TlsSecrets known_secrets;
  Timestamp time{1'700'000'000'000'000'000};
  FiveTuple tuple{
      {IpAddress{{10, 0, 0, 1}, 4}, 40000}, {IpAddress{{10, 0, 0, 2}, 4}, 443}, Transport::tcp};
  bool inner_listens = true;

  void confirm(Strength strength, std::string_view what, const Place& place,
               Sentence text) override {
    confirmed.push_back({strength, std::string(what), place.direction, place.offset,
                         std::string(as_text(place.octets)), std::string(text.view())});
  }
  void refute(std::string_view reason) override { refuted = reason; }
  void finish() override { finished = true; }
  void support(std::string_view protocol, Strength strength, std::string_view what,
               const Place& place, Sentence text) override {
    supported.push_back({std::string(protocol),
                         {strength, std::string(what), place.direction, place.offset,
                          std::string(as_text(place.octets)), std::string(text.view())}});
  }
  void field(std::string_view buffer, const Place& place) override {
    fields.emplace(buffer, as_text(place.octets));
  }
  void note(std::string_view key, NoteValue value) override {
    notes[std::string(key)] = std::move(value);
  }
  void count(std::string_view key, int64_t by) override {
    NoteValue& value = notes.try_emplace(std::string(key), int64_t{0}).first->second;
    std::get<int64_t>(value) += by;
  }
  void call_sign(std::string_view sign) override { fields.emplace("call.sign", sign); }
  void resolved(std::string_view name, const IpAddress& address, uint32_t) override {
    resolutions.emplace_back(name, address);
  }
  ChannelId open(Carrier carrier, Unit unit) override {
    return add({{}, carrier, unit, {}, {}, {}, 0, {}});
  }
  ChannelId open_as(std::string_view parser, Carrier carrier, Unit unit,
                    Parameters parameters) override {
    return add({std::string(parser), carrier, unit, std::move(parameters), {}, {}, 0, {}});
  }
  void deliver(ChannelId id, Direction direction, Bytes octets) override {
    inner[id].bytes[index(direction)] += as_text(octets);
    inner[id].messages[index(direction)].emplace_back(as_text(octets));
  }
  void deliver_late(ChannelId id, Direction direction, Bytes octets, uint64_t offset) override {
    inner[id].late.push_back(offset);
    deliver(id, direction, octets);
  }
  void deliver_gap(ChannelId id, Direction, uint64_t) override { ++inner[id].gaps; }
  bool listening(ChannelId) const override { return inner_listens; }
  const Limits& limits() const override { return limit_values; }
  Timestamp now() const override { return time; }
  const TlsSecrets& secrets() const override { return known_secrets; }
  const FiveTuple& flow() const override { return tuple; }

  /// No further data may be given: the parser finished or refuted.
  bool is_over() const { return finished || !refuted.empty(); }
  /// The best strength confirmed, Strength::none if nothing was.
  Strength best() const {
    Strength result = Strength::none;
    for (const Confirmation& each : confirmed) result = std::max(result, each.strength);
    return result;
  }
  bool has(std::string_view what) const {
    for (const Confirmation& each : confirmed) {
      if (each.what == what) return true;
    }
    return false;
  }

 private:
  ChannelId add(InnerChannel channel) {
    inner.push_back(std::move(channel));
    return static_cast<ChannelId>(inner.size() - 1);
  }
};

/// One portion of a conversation.
struct Said {
  Direction direction;
  std::string octets;
};
inline Said client(std::string octets) {
  return {Direction::to_server, std::move(octets)};
}
inline Said server(std::string octets) {
  return {Direction::to_client, std::move(octets)};
}

/// Makes ready what a parser may ask of its findings: secrets, limits.
using Prepare = std::function<void(RecordingFindings&)>;

/// Runs the parser `name` over a conversation, each portion cut into pieces of `piece` octets
/// (0: not cut; messages are never cut). Stops when the parser is over.
std::unique_ptr<RecordingFindings> run_parser(std::string_view name, const std::vector<Said>& talk,
                                              size_t piece = 0, const Start& start = {},
                                              const Prepare& prepare = {});

/// Checks what holds for every parser: whatever the sizes of the pieces, the same is confirmed,
/// noted and delivered; no truncation makes it confirm more than the whole; a gap anywhere ends
/// cleanly. For Unit::message parsers only the truncation and gap checks are made.
void expect_parser_habits(std::string_view name, const std::vector<Said>& talk,
                          const Start& start = {}, const Prepare& prepare = {});

/// Octets from hexadecimal text; spaces are passed over.
std::string hex(std::string_view text);

}  // namespace parlance::test
