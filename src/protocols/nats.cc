// NATS (https://docs.nats.io/reference/reference-protocols/nats-protocol): the server speaks first,
// with INFO and a JSON object; the client answers with CONNECT and one. Lines end with CRLF.
#include <algorithm>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/json_scan.h"

namespace parlance {
namespace {

class Nats : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    const size_t side = index(direction);
    InputBuffer& input = inputs_[side];
    const Bytes view = input.append(octets);
    if (lines_[side]) return input.consume(view.size());  // its first line was read
    // What was kept of earlier deliveries holds no line end.
    const auto end =
        std::find(view.end() - static_cast<ptrdiff_t>(octets.size()), view.end(), '\n');
    if (end == view.end()) {
      input.consume(0);
      if (input.kept() > findings.limits().line_octets) leave("no line", findings);
      return;
    }
    lines_[side] = true;
    const Bytes line = view.first(static_cast<size_t>(end - view.begin()));
    first_line(direction, line, findings);
    if (!over_) input.consume(view.size());
  }

 private:
  void first_line(Direction direction, Bytes line, Findings& findings) {
    const std::string_view text = as_text(line);
    const bool server = direction == Direction::to_client;
    const std::string_view word = server ? "INFO " : "CONNECT ";
    if (text.substr(0, word.size()) != word) return leave("another first line", findings);
    const auto scan = JsonScan::read(text.substr(word.size()));
    if (!scan || scan->type() != JsonType::object) return leave("no JSON object", findings);
    // The object may hold a user and a password.
    const Place place{direction, 0, line.first(word.size() + 1)};
    if (server) {
      if (scan->find("server_id", JsonType::string) == nullptr)
        return leave("no server_id", findings);
      info_ = true;
      findings.confirm(Strength::strong, "info", place, "INFO and a JSON object with a server_id");
    } else {
      connect_ = scan->find("verbose") != nullptr || scan->find("lang") != nullptr;
    }
    if (!info_ || !connect_) return;
    findings.confirm(Strength::proof, "connect", place,
                     "the server's INFO and the client's CONNECT, each with a whole JSON object");
    over_ = true;
    findings.finish();
  }

  void leave(std::string_view reason, Findings& findings) {
    over_ = true;
    if (info_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
  }

  InputBuffer inputs_[2];
  bool lines_[2] = {false, false};
  bool info_ = false, connect_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kNats;
const ParserModule kNats{"nats", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Nats>();
                         }};

}  // namespace parlance
