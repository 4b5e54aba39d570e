#include "protocols/support/sip_dialogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace parlance {
namespace {

constexpr size_t kListAtMost = 16;
constexpr size_t kAgentAtMost = 128;

bool begins(std::string_view text, std::string_view with) {
  return equals_ignoring_case(text.substr(0, with.size()), with);
}

}  // namespace

void SipDialogue::take(const SipHead& head, Bytes body, const Place& place, Findings& findings) {
  ++messages_;
  findings.count("sip.messages");
  judge(head, {place.direction, place.offset, first_of(place.octets, head.shown)}, findings);
  if (head.kind == SipHead::Kind::request) add(methods_, "sip.methods", head.method, findings);
  note_agent(head, findings);
  note_messaging(head, body, findings);
}

void SipDialogue::judge(const SipHead& head, const Place& shown, Findings& findings) {
  const bool own = head.has_own_fields();
  const bool started = head.kind != SipHead::Kind::none;
  const auto confirm = [&](Strength strength, std::string_view what, std::string text) {
    if (strength <= best_) return;
    best_ = strength;
    findings.confirm(strength, what, shown, std::move(text));
  };
  if (started && own) {
    confirm(Strength::proof, "message",
            head.kind == SipHead::Kind::request
                ? fmt::format("a request with Via, Call-ID and CSeq: {}", head.method)
                : fmt::format("a response with Via, Call-ID and CSeq: {}", head.status));
  } else if (head.kind == SipHead::Kind::request) {
    // A status line alone may be a disguise: "SIP/2.0 200 ok" has been seen before HTTP answers.
    confirm(Strength::strong, "request-line",
            fmt::format("a request line of SIP/2.0: {}", head.method));
  } else if (own || (started && head.mandatory_fields() >= 3)) {
    confirm(Strength::strong, "fields", "fields that every SIP message has; the rest is damaged");
  }
}

void SipDialogue::note_agent(const SipHead& head, Findings& findings) {
  if (!agent_noted_ && !head.user_agent.empty()) {
    agent_noted_ = true;
    findings.note("sip.user_agent", to_valid_utf8(as_bytes(head.user_agent), kAgentAtMost));
  }
  if (!server_noted_ && !head.server.empty()) {
    server_noted_ = true;
    findings.note("sip.server", to_valid_utf8(as_bytes(head.server), kAgentAtMost));
  }
}

/// Calls are the rule; these are the messages that make a flow a chat (RFC 3428, 3856, 3994, 3862).
void SipDialogue::note_messaging(const SipHead& head, Bytes body, Findings& findings) {
  const auto say = [&](std::string_view what) { add(messaging_, "sip.messaging", what, findings); };
  if (head.method == "MESSAGE") say("message");
  if (begins(head.event, "presence")) say("presence");
  if (begins(head.content_type, "application/im-iscomposing")) say("composing");
  if (begins(head.content_type, "message/cpim")) say("cpim");
  if (begins(head.content_type, "application/sdp") &&
      as_text(body).find("m=message ") != std::string_view::npos) {
    say("msrp");
  }
}

void SipDialogue::add(std::vector<std::string>& list, std::string_view key, std::string_view value,
                      Findings& findings) {
  if (list.size() >= kListAtMost || std::find(list.begin(), list.end(), value) != list.end())
    return;
  list.emplace_back(value);
  findings.note(key, list);
}

}  // namespace parlance
