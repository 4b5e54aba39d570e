// NATS (https://docs.nats.io/reference/reference-protocols/nats-protocol): the server speaks first,
// with INFO and a JSON object; the client answers with CONNECT and one. Lines end with CRLF. If
// INFO offers TLS, the client may begin it at once, in place of CONNECT; inside it CONNECT comes
// first, without an INFO.
#include <algorithm>

#include "base/byte_reader.h"
#include "protocols/support/json_scan.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kTlsHandshake = 0x16;

class Nats : public SwitchingParser {
 private:
  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    input(direction).keep(octets);
    read(direction, findings);
    const Direction other = opposite(direction);
    if (reading() && input(other).kept() > 0) read(other, findings);
    if (reading() && input(direction).kept() > findings.limits().line_octets) {
      leave("no line", findings);
    }
  }

  void read(Direction direction, Findings& findings) {
    InputBuffer& kept = input(direction);
    const Bytes view = kept.octets();
    bool& had_line = lines_[index(direction)];
    if (had_line) return kept.consume(view.size());
    const bool client = direction == Direction::to_server;
    if (client && ByteReader(view).peek() == kTlsHandshake) return take_tls(view, findings);
    const auto end = std::find(view.begin(), view.end(), '\n');
    if (end == view.end()) return;
    had_line = true;
    const Bytes line = view.first(static_cast<size_t>(end - view.begin()));
    if (client) {
      first_client_line(line, findings);
    } else {
      first_server_line(line, findings);
    }
    // A client goes on with what says nothing more; a server's TLS may stand right behind.
    kept.consume(client ? view.size() : line.size() + 1);
  }

  /// An answer in TLS has no INFO before it; the first line is then one of the few that answer
  /// CONNECT.
  void first_server_line(Bytes line, Findings& findings) {
    const std::string_view text = as_text(line);
    const Place place{Direction::to_client, 0, line.first(std::min(line.size(), kInfo.size() + 1))};
    if (text.substr(0, kInfo.size()) == kInfo) {
      const auto scan = JsonScan::read(text.substr(kInfo.size()));
      const bool valid = scan && scan->type() == JsonType::object &&
                         scan->find("server_id", JsonType::string) != nullptr;
      if (!valid) return leave("no JSON object with a server_id", findings);
      info_ = true;
      tls_offered_ =
          scan->find("tls_required") != nullptr || scan->find("tls_available") != nullptr;
      confirm(Strength::strong, "info", place, "INFO and a JSON object with a server_id", findings);
    } else if (!connect_ || !answers_connect(text)) {
      return leave("another first line", findings);
    }
    if (connect_) prove(place, findings);
  }

  void first_client_line(Bytes line, Findings& findings) {
    const std::string_view text = as_text(line);
    if (text.substr(0, kConnect.size()) != kConnect) return leave("another first line", findings);
    const auto scan = JsonScan::read(text.substr(kConnect.size()));
    connect_ = scan && scan->type() == JsonType::object &&
               (scan->find("verbose") != nullptr || scan->find("lang") != nullptr);
    if (!connect_) return leave("no JSON object of a client", findings);
    // The object may hold a user and a password.
    if (info_) prove({Direction::to_server, 0, line.first(kConnect.size() + 1)}, findings);
  }

  static bool answers_connect(std::string_view line) {
    return line.substr(0, 3) == "+OK" || line.substr(0, 6) == "-ERR '" ||
           line.substr(0, 4) == "PONG" || line.substr(0, 4) == "PING";
  }

  void prove(const Place& place, Findings& findings) {
    confirm(Strength::proof, "connect", place,
            info_ ? "the server's INFO and the client's CONNECT, each with a whole JSON object"
                  : "the client's CONNECT with a whole JSON object, and the server's answer",
            findings);
    leave({}, findings);
  }

  void take_tls(Bytes view, Findings& findings) {
    if (!info_) return;  // it may come yet
    if (!tls_offered_) return leave("TLS that was not offered", findings);
    confirm(Strength::proof, "starttls", {Direction::to_server, 0, view.first(1)},
            "the server's INFO offers TLS, and the client begins it", findings);
    switch_to_tls("nats", findings);
  }

  static constexpr std::string_view kInfo = "INFO ", kConnect = "CONNECT ";

  bool lines_[2] = {false, false};
  bool info_ = false, connect_ = false, tls_offered_ = false;
};

}  // namespace

extern const ParserModule kNats;
const ParserModule kNats{"nats", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Nats>();
                         }};

}  // namespace parlance
