// SockJS: the server sends o (open), h (heartbeat), a["…","…"] (messages) and c[code,"reason"]
// (close), the client ["…","…"] (https://sockjs.github.io/sockjs-protocol/). The strings are the
// messages of whatever is spoken inside: STOMP, DDP, XMPP.
#include <optional>

#include "protocols/parser.h"
#include "protocols/support/json_scan.h"

namespace parlance {
namespace {

constexpr int kUndecided = 8;

// A JSON array of strings and nothing else.
std::optional<JsonScan> read_strings(std::string_view text) {
  auto scan = JsonScan::read(text);
  if (!scan || scan->type() != JsonType::array || scan->size() == 0) return std::nullopt;
  for (const JsonMember& each : scan->members()) {
    if (each.type != JsonType::string) return std::nullopt;
  }
  return scan;
}

class SockJs : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    // What the strings hold is not shown.
    const Place shown{direction, offsets_[index(direction)], first_of(octets, 2)};
    offsets_[index(direction)] += octets.size();
    std::string_view text = as_text(octets);
    // HTTP streaming and polling end each frame with a line feed.
    if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    if (text.empty()) return;
    if (direction == Direction::to_client) {
      if (text == "o") opened_ = true;
      if (text == "o" || text == "h") return;
      if (text.front() == 'c' && confirmed_) return;
    }
    if (take_strings(direction, text, shown, findings)) return;
    if (!confirmed_ || ++undecided_ > kUndecided) leave(findings);
  }
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    offsets_[index(direction)] += length;
    if (inner_) findings.deliver_gap(*inner_, direction, length);
  }

 private:
  bool take_strings(Direction direction, std::string_view text, const Place& shown,
                    Findings& findings) {
    const bool server = direction == Direction::to_client;
    if (server && text.front() != 'a') return false;
    const auto strings = read_strings(text.substr(server ? 1 : 0));
    if (!strings) return false;
    met_[index(direction)] = true;
    judge(shown, findings);
    // Unconfirmed messages are kept by nobody: the client speaks after the server's o.
    if (!confirmed_) return true;
    if (!inner_) inner_ = findings.open(Carrier::websocket, Unit::message);
    if (!findings.listening(*inner_)) {
      leave(findings);
      return true;
    }
    for (const JsonMember& each : strings->members()) {
      const std::string message = json_unescape(each.text, findings.limits().message_octets);
      findings.deliver(*inner_, direction, as_bytes(message));
    }
    return true;
  }

  void judge(const Place& shown, Findings& findings) {
    if (confirmed_) return;
    if (opened_) {
      confirmed_ = true;
      findings.confirm(Strength::proof, "open-and-messages", shown,
                       "the server's o, and an array of strings as SockJS frames messages");
    } else if (met_[0] && met_[1]) {
      confirmed_ = true;
      findings.confirm(Strength::strong, "messages", shown,
                       "arrays of strings of both sides, the server's with an a in front");
    }
  }

  void leave(Findings& findings) {
    if (confirmed_) {
      findings.finish();
    } else {
      findings.refute("not framed like this");
    }
  }

  uint64_t offsets_[2] = {0, 0};
  bool opened_ = false, confirmed_ = false;
  bool met_[2] = {false, false};
  int undecided_ = 0;
  std::optional<ChannelId> inner_;
};

}  // namespace

extern const ParserModule kSockjs;
const ParserModule kSockjs{"sockjs", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<SockJs>();
                           }};

}  // namespace parlance
