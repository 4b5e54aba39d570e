// What Telegram's calls send to their reflectors in datagrams.
#include "protocols/support/message_verifier.h"
#include "protocols/support/reflector_call.h"

namespace parlance {
namespace {

class TelegramReflector : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override { call_.take(message, findings); }

  ReflectorCall call_;
};

}  // namespace

extern const ParserModule kTelegramReflector;
const ParserModule kTelegramReflector{
    "telegram_reflector", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<TelegramReflector>(); }};

}  // namespace parlance
