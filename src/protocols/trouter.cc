// Trouter, the push channel of Teams and Skype: packets of socket.io 0.9 as text in WebSocket
// messages (layout: socket.io-spec of 2011; EionRobb/purple-teams, teams_trouter.c). The server
// hands requests of Microsoft's services to the client and gets an HTTP answer back in the same
// way.
//
//   1::                                            connected
//   5:::{"name":"trouter.connected",…}             an event; 5:<n>+:: wants 6:::<n>+… back
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
  std::string_view data;  ///< behind the third colon, or nothing
};

/// "type:id:endpoint" and perhaps ":data"; the id is digits and a plus sign.
std::optional<Packet> read_packet(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '8' || text[1] != ':') return std::nullopt;
  Packet packet{text[0], {}};
  const size_t id_end = text.find_first_not_of("0123456789+", 2);
  if (id_end == std::string_view::npos || text[id_end] != ':') return std::nullopt;
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
    const auto scan = JsonScan::read(packet->data);
    if (scan) look(*packet, *scan, head_of(message, kHead), findings);
    if (++messages_ >= kMessages) leave("nothing of Trouter's", findings);
  }

  void look(const Packet& packet, const JsonScan& scan, const Place& place, Findings& findings) {
    if (packet.type == '5') {
      const JsonMember* name = scan.find("name", JsonType::string);
      if (name == nullptr || !name->text.starts_with("trouter.")) return;
      return confirm(Strength::strong, "event", place, "an event of Trouter's own", findings);
    }
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

  std::vector<std::string> asked_;  // ids of requests that wait for their answer
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kTrouter;
const ParserModule kTrouter{"trouter", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Trouter>();
                            }};

}  // namespace parlance
