// What the SIP messages of a channel prove and say, whether they came as messages or in a stream.
#pragma once

#include <string>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/sip_message.h"

namespace parlance {

/// Told of every message, it confirms and takes notes. Addresses of users are never shown.
class SipDialogue {
 public:
  /// `place` is the head, `body` what is known of the body.
  void take(const SipHead& head, Bytes body, const Place& place, Findings& findings);
  bool confirmed() const { return best_ != Strength::none; }
  int messages() const { return messages_; }

 private:
  void judge(const SipHead& head, const Place& shown, Findings& findings);
  void note_messaging(const SipHead& head, Bytes body, Findings& findings);
  void note_agent(const SipHead& head, Findings& findings);
  void add(std::vector<std::string>& list, std::string_view key, std::string_view value,
           Findings& findings);

  Strength best_ = Strength::none;
  int messages_ = 0;
  bool agent_noted_ = false;
  bool server_noted_ = false;
  std::vector<std::string> methods_;
  std::vector<std::string> messaging_;
};

}  // namespace parlance
