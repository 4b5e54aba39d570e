// Discord's gateway (https://docs.discord.com, gateway events): JSON objects {op, d, s, t}. The
// server greets with op 10 and a heartbeat interval, the client identifies with op 2 or resumes
// with op 6. With compress=zlib-stream all messages of the server are one zlib stream, flushed (00
// 00 FF FF) at the end of each.
#include <optional>

#include "protocols/support/inflater.h"
#include "protocols/support/json_dialect.h"

namespace parlance {
namespace {

constexpr JsonShape kShapes[] = {
    {"hello",
     Direction::to_client,
     Strength::strong,
     JsonType::object,
     0,
     {{"op", JsonType::number, "10"}, {"d", JsonType::object, {}, "\"heartbeat_interval\""}},
     "op 10 with a heartbeat interval"},
    {"identify",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"op", JsonType::number, "2"}, {"d", JsonType::object, {}, "\"properties\""}},
     "op 2 with the client's properties"},
    {"resume",
     Direction::to_server,
     Strength::strong,
     JsonType::object,
     0,
     {{"op", JsonType::number, "6"}, {"d", JsonType::object, {}, "\"session_id\""}},
     "op 6 with a session to resume"},
    {"heartbeat",
     Direction::to_server,
     Strength::none,
     JsonType::object,
     2,
     {{"op", JsonType::number, "1"}, {"d"}},
     "op 1, a heartbeat"},
};
constexpr JsonDialect kDialect{kShapes, "the gateway's hello and the client's answer"};
constexpr uint8_t kZlibHeader = 0x78;

class DiscordGateway : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (direction == Direction::to_client && !octets.empty()) {
      if (!heard_ && octets.front() == kZlibHeader) inflater_.emplace(Inflater::Format::zlib);
      heard_ = true;
      if (inflater_) return inflate(octets, findings);
    }
    json_->data(direction, octets, findings);
  }

 private:
  void inflate(Bytes octets, Findings& findings) {
    std::vector<uint8_t> text;
    const auto answer = inflater_->inflate(octets, text, findings.limits().message_octets);
    if (answer == Inflater::Answer::damaged && text.empty())
      return findings.refute("no zlib stream");
    json_->data(Direction::to_client, text, findings);
  }

  std::unique_ptr<Parser> json_ = make_json_dialect_parser(kDialect);
  std::optional<Inflater> inflater_;
  bool heard_ = false;
};

}  // namespace

extern const ParserModule kDiscordGateway;
const ParserModule kDiscordGateway{
    "discord_gateway", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<DiscordGateway>(); }};

}  // namespace parlance
