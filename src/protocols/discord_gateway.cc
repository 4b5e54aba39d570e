// Discord's gateways (https://docs.discord.com, "Gateway Events" and "Voice Connections"): messages
// of a WebSocket, objects {op, d}, from the server also {s, t}. Of the main gateway the server
// greets with op 10 and a heartbeat interval, the client identifies with op 2 or resumes with op 6
// and sends op 1 from then on, which op 11 answers. Of a voice gateway op 8 greets, and the numbers
// mean other things.
//
// The objects are JSON or, with encoding=etf, terms of Erlang. With compress=zlib-stream or
// zstd-stream all messages of the server are one stream, flushed at the end of each.
//
// Other services have taken over the numbers and some of the names (the gateway of QQ's bots: op 10
// with heartbeat_interval, op 2 with properties), but not s and t that are null, nor the names of
// the properties.
#include <optional>

#include "protocols/support/erlang_term.h"
#include "protocols/support/inflater.h"
#include "protocols/support/json_dialect.h"
#include "protocols/support/zstd_stream.h"

namespace parlance {
namespace {

constexpr int kUnreadAtMost = 24;  // messages

constexpr JsonNeed kNoType = {"t", JsonType::null}, kNoNumber = {"s", JsonType::null};
constexpr JsonNeed op(std::string_view number) {
  return {"op", JsonType::number, number};
}
constexpr JsonNeed holds(std::string_view name) {
  return {"d", JsonType::object, {}, name};
}

constexpr auto kClient = Direction::to_server, kServer = Direction::to_client;

constexpr JsonShape kShapes[] = {
    {"hello",
     kServer,
     Strength::strong,
     JsonType::object,
     4,
     {op("10"), kNoType, kNoNumber, holds("\"heartbeat_interval\"")},
     "op 10 with a heartbeat interval, without number and type"},
    {"heartbeat-answer",
     kServer,
     Strength::strong,
     JsonType::object,
     4,
     {op("11"), kNoType, kNoNumber, {"d"}},
     "op 11, a heartbeat's answer, without number and type"},
    {"ready",
     kServer,
     Strength::strong,
     JsonType::object,
     4,
     {op("0"),
      {"t", JsonType::string, "READY"},
      {"s", JsonType::number},
      holds("\"resume_gateway_url\"")},
     "op 0, READY with the address to resume at"},
    {"identify",
     kClient,
     Strength::strong,
     JsonType::object,
     0,
     {op("2"), holds("\"token\""), holds("\"properties\""), holds("\"browser\"")},
     "op 2 with the client's properties"},
    {"resume",
     kClient,
     Strength::none,
     JsonType::object,
     0,
     {op("6"), holds("\"session_id\""), holds("\"seq\"")},
     "op 6 with a session to resume"},
    {"heartbeat",
     kClient,
     Strength::none,
     JsonType::object,
     2,
     {op("1"), {"d", JsonType::number}},
     "op 1, a heartbeat"},
    {"first-heartbeat",
     kClient,
     Strength::none,
     JsonType::object,
     2,
     {op("1"), {"d", JsonType::null}},
     "op 1, a heartbeat before anything came"},
    {"heartbeat-quality",
     kClient,
     Strength::none,
     JsonType::object,
     2,
     {op("40"), holds("\"qos\"")},
     "op 40, a heartbeat"},
    {"voice-state",
     kClient,
     Strength::strong,
     JsonType::object,
     0,
     {op("4"), holds("\"self_mute\""), holds("\"self_deaf\""), holds("\"channel_id\"")},
     "op 4, a client enters or leaves a voice channel"},
    // Of voice gateways.
    {"voice-identify",
     kClient,
     Strength::strong,
     JsonType::object,
     0,
     {op("0"), holds("\"server_id\""), holds("\"user_id\""), holds("\"session_id\""),
      holds("\"token\"")},
     "voice: op 0 with server, user, session and token"},
    {"voice-select",
     kClient,
     Strength::strong,
     JsonType::object,
     0,
     {op("1"), holds("\"protocol\""), holds("\"address\""), holds("\"mode\"")},
     "voice: op 1 selects a protocol, with address and mode of encryption"},
    {"voice-hello",
     kServer,
     Strength::none,
     JsonType::object,
     0,
     {op("8"), holds("\"heartbeat_interval\"")},
     "voice: op 8 with a heartbeat interval"},
    {"voice-ready",
     kServer,
     Strength::strong,
     JsonType::object,
     0,
     {op("2"), holds("\"ssrc\""), holds("\"modes\""), holds("\"ip\"")},
     "voice: op 2 with SSRC, address and modes of encryption"},
    {"voice-session",
     kServer,
     Strength::strong,
     JsonType::object,
     0,
     {op("4"), holds("\"mode\""), holds("\"secret_key\"")},
     "voice: op 4 with mode and key of encryption"},
};
constexpr JsonDialect kDialect{kShapes, "objects that only the gateway and its clients exchange"};

constexpr uint8_t kZlibHeader = 0x78;

bool is_zstd(Bytes octets) {
  constexpr uint8_t kMagic[] = {0x28, 0xb5, 0x2f, 0xfd};
  return std::equal(std::begin(kMagic), std::end(kMagic), octets.begin(),
                    octets.begin() + static_cast<ptrdiff_t>(std::min<size_t>(octets.size(), 4)));
}

class DiscordGateway : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (octets.empty()) return;
    if (direction == Direction::to_client) {
      if (!heard_) begin_stream(octets);
      heard_ = true;
      if (zlib_ || zstd_) return decompress(octets, findings);
    }
    read(direction, octets, findings);
  }

 private:
  void begin_stream(Bytes octets) {
    if (octets.front() == kZlibHeader) zlib_.emplace(Inflater::Format::zlib);
    if (is_zstd(octets)) zstd_.emplace();
  }

  void decompress(Bytes octets, Findings& findings) {
    std::vector<uint8_t> plain;
    const size_t limit = findings.limits().message_octets;
    const bool whole = zlib_ ? zlib_->inflate(octets, plain, limit) != Inflater::Answer::damaged
                             : zstd_->decompress(octets, plain, limit);
    if (!whole && plain.empty()) return findings.refute("no stream of zlib or zstd");
    read(Direction::to_client, plain, findings);
  }

  void read(Direction direction, Bytes octets, Findings& findings) {
    if (octets.empty()) return pass(findings);
    if (!begins_as_erlang_term(octets)) return json_->data(direction, octets, findings);
    const auto text = erlang_term_as_json(octets, findings.limits().message_octets);
    if (!text) return pass(findings);
    json_->data(direction, as_bytes(*text), findings);
  }

  void pass(Findings& findings) {
    if (++unread_ >= kUnreadAtMost) findings.refute("messages that cannot be read");
  }

  std::unique_ptr<Parser> json_ = make_json_dialect_parser(kDialect);
  std::optional<Inflater> zlib_;
  std::optional<ZstdStream> zstd_;
  int unread_ = 0;
  bool heard_ = false;
};

}  // namespace

extern const ParserModule kDiscordGateway;
const ParserModule kDiscordGateway{
    "discord_gateway", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<DiscordGateway>(); }};

}  // namespace parlance
