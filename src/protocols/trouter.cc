// Trouter, the push channel of Teams and Skype: packets of socket.io 0.9 as text in WebSocket
// messages (layout: socket.io-spec of 2011; EionRobb/purple-teams, teams_trouter.c). The server
// hands requests of Microsoft's services to the client and gets an HTTP answer back in the same
// way.
//
//   1::                                            connected
//   5:::{"name":"trouter.connected",…}             an event
//   5:<n>+::{"name":"user.activity",…}             one that wants an answer with its number:
//   6:::<n>+[…]
//   3:::{"id":n,"method":"POST","url":"/v4/f/…"}   a request, answered by
//   3:::{"id":n,"status":200,…}
//
// What requests hold, and the urls, which let anyone push, are not shown.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/support/json_scan.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr size_t kMessages = 24;
constexpr size_t kIdOctets = 32;
constexpr size_t kHead = 4;  // octets shown: the type and its colons

struct Packet {
  char type = 0;          ///< 0 disconnect, 1 connect, 2 heartbeat, 3 message, 5 event, 6 ack …
  std::string_view id;    ///< with its plus sign, if it has one
  std::string_view data;  ///< behind the third colon, or nothing
};

/// "type:id:endpoint" and perhaps ":data"; the id is digits and a plus sign.
std::optional<Packet> read_packet(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '8' || text[1] != ':') return std::nullopt;
  Packet packet{text[0], {}, {}};
  const size_t id_end = text.find_first_not_of("0123456789+", 2);
  if (id_end == std::string_view::npos || text[id_end] != ':') return std::nullopt;
  packet.id = text.substr(2, id_end - 2);
  const size_t data = text.find(':', id_end + 1);
  if (data != std::string_view::npos) packet.data = text.substr(data + 1);
  return packet;
}

class Trouter : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (message.octets.empty()) return;
    const auto packet = read_packet(as_text(message.octets));
    if (!packet) return leave("no packet of socket.io 0.9", findings);
    if (packet->type == '6') acknowledgement(*packet, message.direction);
    const auto scan = JsonScan::read(packet->data);
    if (scan) look(*packet, *scan, head_of(message, kHead), findings);
    if (own_event_ && acknowledged_ && !over()) {
      return prove("acknowledged", head_of(message, kHead),
                   "an event is acknowledged with its number, and there is one of Trouter's own",
                   findings);
    }
    if (++messages_ >= kMessages) leave("nothing of Trouter's", findings);
  }

  void look(const Packet& packet, const JsonScan& scan, const Place& place, Findings& findings) {
    if (packet.type == '5') return event(packet, scan, place, findings);
    const JsonMember* id = scan.find("id", JsonType::number);
    if (packet.type != '3' || id == nullptr || id->text.size() > kIdOctets) return;
    if (place.direction == Direction::to_client) {
      request(scan, *id, place, findings);
    } else if (scan.find("status", JsonType::number) != nullptr &&
               std::find(asked_.begin(), asked_.end(), id->text) != asked_.end()) {
      prove("answer", place, "a request that the server handed on is answered with its id",
            findings);
    }
  }

  void event(const Packet& packet, const JsonScan& scan, const Place& place, Findings& findings) {
    const JsonMember* name = scan.find("name", JsonType::string);
    if (name == nullptr) return;
    std::vector<std::string>& waiting = events_[index(place.direction)];
    const bool wants_answer = packet.id.size() > 1 && packet.id.ends_with('+');
    if (wants_answer && packet.id.size() <= kIdOctets && waiting.size() < kMessages) {
      waiting.emplace_back(packet.id);
    }
    if (!name->text.starts_with("trouter.")) return;
    own_event_ = true;
    confirm(Strength::strong, "event", place, "an event of Trouter's own", findings);
  }

  /// Its data is the number of the other side's event, the plus sign, and what is answered.
  void acknowledgement(const Packet& packet, Direction direction) {
    const std::vector<std::string>& waiting = events_[index(opposite(direction))];
    acknowledged_ =
        acknowledged_ || std::any_of(waiting.begin(), waiting.end(), [&](const std::string& each) {
          return packet.data.starts_with(each);
        });
  }

  void request(const JsonScan& scan, const JsonMember& id, const Place& place, Findings& findings) {
    const JsonMember* url = scan.find("url", JsonType::string);
    const bool is_request = url != nullptr && url->text.starts_with("/v") &&
                            url->text.find("/f/") != std::string_view::npos &&
                            scan.find("method", JsonType::string) != nullptr &&
                            scan.find("headers", JsonType::object) != nullptr;
    if (!is_request) return;
    if (asked_.size() < kMessages) asked_.emplace_back(id.text);
    confirm(Strength::strong, "request", place, "a request with id, method, url and headers",
            findings);
  }

  std::vector<std::string> asked_;      // ids of requests that wait for their answer
  std::vector<std::string> events_[2];  // numbers, with the plus sign, that wait for theirs
  bool own_event_ = false;
  bool acknowledged_ = false;
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kTrouter;
const ParserModule kTrouter{"trouter", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Trouter>();
                            }};

}  // namespace parlance
