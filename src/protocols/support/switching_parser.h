// What parsers share that read an opening and hand on the rest: STARTTLS and its like, after which
// the channel is TLS, and proxies, after which it is the connection that was asked for.
#pragma once

#include <optional>
#include <string_view>

#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {

/// Gives both sides' kept octets to an inner channel, the client's first, and keeps none.
void hand_over(InputBuffer& of_client, InputBuffer& of_server, ChannelId inner, Findings& findings);

/// Asks for the opening until it was left or the channel has switched. What stands in input() then,
/// of either side, is the inner channel's, and so is all that comes later. Where nothing inside is
/// listened to any more, the parser finishes.
class SwitchingParser : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) final;
  /// A hole in the opening ends it.
  void gap(Direction direction, uint64_t length, Findings& findings) final;
  void end(Direction direction, Findings& findings) final;

 protected:
  /// The next octets of the opening.
  virtual void read_opening(Direction direction, Bytes octets, Findings& findings) = 0;
  /// A direction ended in the opening.
  virtual void end_opening(Direction, Findings&) {}

  InputBuffer& input(Direction direction) { return inputs_[index(direction)]; }
  /// Octets of that direction were captured.
  bool heard(Direction direction) const {
    const InputBuffer& input = inputs_[index(direction)];
    return input.offset() + input.kept() > 0;
  }
  /// True until the opening was left or the channel has switched.
  bool reading() const { return !over_ && !inner_; }
  bool confirmed() const { return confirmed_; }

  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings);
  /// Ends the reading: what was confirmed stays, and without that the channel is refuted.
  void leave(std::string_view reason, Findings& findings);
  /// TLS follows, as `protocol` agreed on it ("ldap"; for the record).
  void switch_to_tls(std::string_view protocol, Findings& findings);
  /// A connection follows, recognised from its content.
  void switch_to_connection(Findings& findings);

 private:
  void hand_over_kept(Findings& findings);

  InputBuffer inputs_[2];
  std::optional<ChannelId> inner_;
  bool confirmed_ = false, over_ = false;
};

}  // namespace parlance
