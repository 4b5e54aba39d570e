// What Telegram's calls send to their reflectors, which pass it on to the other side: packets that
// begin with the call's tag, which both sides and the reflector repeat in front of everything.
//
//   query:         tag 16, ff 12, fe ff ff ff, id 8
//   its answer:    tag 16, ff 12, c01572c7, time 4, id 8, address 16, port 4
//   peer request:  tag 16, ff 16             and its answer: tag 16, ff 12, 27d9371c or 83fc73b1, …
//   data:          tag 16, ciphertext                                            (libtgvoip)
//   data:          tag 12, receiver 4, sender 4, length 4 (big-endian), packet   (tgcalls)
//
// A packet is of STUN, DTLS or RTP. Numbers are little-endian but for that length; the whole is
// filled up to a multiple of four.
// Layout as in libtgvoip (VoIPController) and tgcalls (ReflectorPort).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocols/parser.h"
#include "protocols/support/recent.h"

namespace parlance {

/// Told of every packet of a flow, it says whether they are a call's, and hands on what tgcalls
/// sends. A call that is met on its way is known by its data alone.
class ReflectorCall {
 public:
  /// `place` is the whole packet.
  void take(const Place& place, Findings& findings);
  /// All was said; what is taken now is not looked at.
  bool over() const { return over_; }

 private:
  static constexpr size_t kTag = 16;
  static constexpr size_t kCallTag = 12;  // of it, which is the call's; the rest may be a member's
  static constexpr size_t kQueriesKept = 8;
  using Tag = std::array<uint8_t, kTag>;
  using Id = std::array<uint8_t, 8>;
  struct Control;
  struct Data;
  /// Whose numbers stand in the newest data of both sides.
  enum class Members : uint8_t { one_side, swapped, others };

  static std::optional<Control> read_control(Bytes packet);
  static std::optional<Data> read_data(Bytes packet);
  static Place shown(const Place& place, size_t octets);
  bool is_of_call(Bytes packet) const;
  bool begins_on_its_way(Bytes packet);
  void take_control(const Control& control, const Place& packet, Findings& findings);
  void take_query(const Control& control, const Place& place, Findings& findings);
  void take_answer(const Control& control, const Place& place, Findings& findings);
  void take_data(const Place& place, Findings& findings);
  Members remember_members(const Data& data, Direction direction);
  void judge_members(Members members, const Place& place, Findings& findings);
  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings);
  void stop(Findings& findings);

  std::optional<Tag> tag_;
  size_t tag_known_ = kTag;  ///< octets of it that all have to repeat
  Recent<Id, kQueriesKept> queries_[2];  ///< by direction
  std::optional<ChannelId> inner_;
  uint32_t senders_[2] = {0, 0};    ///< by direction: of the newest data
  uint32_t receivers_[2] = {0, 0};  ///< likewise
  size_t first_length_ = 0;         ///< of data
  bool lengths_differ_ = false;
  int fitting_ = 0;  ///< packets of data
  int strangers_ = 0, packets_ = 0;
  Strength strength_ = Strength::none;
  bool requested_[2] = {false, false};  ///< by direction: the other side was asked for
  bool controlled_ = false;             ///< a packet of a reflector's own came with the tag
  bool over_ = false;
};

}  // namespace parlance
