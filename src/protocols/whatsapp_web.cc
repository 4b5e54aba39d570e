// WhatsApp Web of 2015 to 2021 inside WebSocket: text messages "tag,JSON", the first of them
// `tag,["admin","init",[0,3,2390],["…"],"client id",true]`, answered `tag,{"status":200,…}`; the
// keep-alive is "?,,". Layout: sigalor's whatsapp-web-reveng. The nodes in its binary messages are
// encrypted; the client id and the answer's tokens are secrets and are not shown.
#include <string>

#include "base/text.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr std::string_view kInit = ",[\"admin\",\"init\",[";
constexpr std::string_view kAnswer = ",{\"status\":";
constexpr size_t kTagAtMost = 64;
constexpr int kMessagesAtMost = 16;  // of a direction, before the first that counts

/// The tag of `message` if `expected` follows it, else empty.
std::string_view tag_before(std::string_view message, std::string_view expected) {
  const size_t comma = message.find(',');
  if (comma == 0 || comma > kTagAtMost) return {};  // npos, too
  if (message.substr(comma, expected.size()) != expected) return {};
  return message.substr(0, comma);
}

/// True if brackets and braces outside strings close exactly at the end of `json`.
bool closes_at_end(std::string_view json) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') {
      if (depth == 0) return false;
      if (--depth == 0) return i + 1 == json.size();
    }
  }
  return false;
}

class WhatsappWeb : public MessageVerifier {
 private:
  void read(const Place& place, Findings& findings) override {
    const std::string_view message = as_text(place.octets);
    const bool client = place.direction == Direction::to_server;
    if (client && tag_.empty()) return read_init(message, place, findings);
    if (!client && !tag_.empty()) return read_answer(message, place, findings);
    count_message(findings);
  }

  void read_init(std::string_view message, const Place& place, Findings& findings) {
    const std::string_view tag = tag_before(message, kInit);
    if (tag.empty() || !closes_at_end(message.substr(tag.size() + 1)))
      return count_message(findings);
    tag_ = tag;
    const size_t shown = tag.size() + kInit.size();
    confirm(Strength::strong, "web-init", head_of(place, shown),
            "tag,[\"admin\",\"init\",[version]… as a whole text message", findings);
    findings.note("whatsapp.generation", std::string("web"));
  }

  void read_answer(std::string_view message, const Place& place, Findings& findings) {
    if (tag_before(message, kAnswer) != tag_ || !closes_at_end(message.substr(tag_.size() + 1))) {
      return count_message(findings);
    }
    const size_t shown = tag_.size() + kAnswer.size();
    prove("web-answer", head_of(place, shown), "the server's status for the tag of the client's init message",
          findings);
  }

  void count_message(Findings& findings) {
    if (++messages_ >= kMessagesAtMost) leave("no init message", findings);
  }

  std::string tag_;  // of the client's init message
  int messages_ = 0;
};

}  // namespace

extern const ParserModule kWhatsappWeb;
const ParserModule kWhatsappWeb{
    "whatsapp_web", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<WhatsappWeb>(); }};

}  // namespace parlance
