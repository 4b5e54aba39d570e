// MTProto in the bodies of HTTP messages (core.telegram.org/mtproto/mtproto-transports, HTTP): a message a
// body, without the head that frames have in streams. A client that has a key sends ciphertext from its first
// body on: then the path of its requests opens this channel.
#include "protocols/parser.h"
#include "protocols/support/mtproto_dialogue.h"
#include "protocols/support/mtproto_message.h"

namespace parlance {
namespace {

/// Of Telegram's servers. "/api", which some clients use, is anybody's.
constexpr std::string_view kPaths[] = {"/apiw1", "/apiw1_test", "/apiw1_premium", "/apiw_test1"};
constexpr int kBodiesAtMost = 32;
constexpr int kOthersAtMost = 8;  // bodies without a message: the connection may be used for other things, too

class TelegramHttp : public Parser {
 public:
  /// Others, too, may begin their bodies with an identifier: one body of each side is not enough.
  TelegramHttp() { dialogue_.set_transport(MtprotoDialogue::Transport::guessed); }

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], first_of(octets, MtprotoMessage::kHead)};
    offset_[index(direction)] += octets.size();
    const MtprotoMessage message = read_mtproto_message(place.octets, octets.size(), false, direction);
    if (message.kind == MtprotoMessage::Kind::none) {
      ++others_;
    } else {
      dialogue_.take(message, place, findings);
    }
    if (dialogue_.strength() != Strength::none) findings.note("telegram.transport", std::string("HTTP"));
    if (++bodies_ >= kBodiesAtMost || others_ >= kOthersAtMost) stop(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each body stands for itself

 private:
  void stop(Findings& findings) {
    over_ = true;
    if (dialogue_.strength() != Strength::none) return findings.finish();
    findings.refute("no messages of MTProto");
  }

  MtprotoDialogue dialogue_;
  uint64_t offset_[2] = {0, 0};
  int bodies_ = 0, others_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTelegramHttp;
const ParserModule kTelegramHttp{
    "telegram_http", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<TelegramHttp>(); }, false,
    kPaths};

}  // namespace parlance
