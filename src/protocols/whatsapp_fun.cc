// WhatsApp's chat stream of 2012 to 2016 ("FunXMPP"): "WA", version 1.x, then frames of a four-bit
// flag and a 20-bit length that hold XMPP-like nodes coded with a dictionary. The stream start is
// in the clear, what follows the login is encrypted.
//
//   client: 57 41 01 minor   00 00 LL  f8 05 01 to domain resource-key fc NN resource   …
//   server:                  00 00 05  f8 03 01 from domain   00 00 03  f8 01 features   …
//
// The token numbers changed with the dictionaries, so only the shape is checked: stream-start (01)
// and a list of the right length. Layout: yowsup's history, davidgfnet's protocol-spec.txt.
// The client's third frame holds the user's phone number: nothing after the first frame is shown.
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "base/text.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint8_t kList8 = 0xf8, kLiteral8 = 0xfc, kStreamStart = 0x01;
constexpr uint8_t kLastToken = 0xf5;  // above stand lists, literals and extensions
constexpr size_t kPrologue = 4;
constexpr size_t kFirstFrameAtMost = 128;      // 26 and 27 octets were seen
constexpr uint64_t kPassedAtMost = 65'536;  // octets after a side's start before giving up

bool is_token(uint8_t octet) {
  return octet > 0 && octet <= kLastToken;
}

bool is_printable(Bytes octets) {
  for (const uint8_t octet : octets) {
    if (octet < 0x21 || octet > 0x7e) return false;
  }
  return true;
}

/// The resource of a client's stream start ("iPhone-2.12.2-5222"); empty if it is something else.
Bytes resource_of(Bytes frame) {
  ByteReader reader(frame);
  if (reader.u8() != kList8 || reader.u8() != 5 || reader.u8() != kStreamStart) return {};
  for (int i = 0; i < 3; ++i) {
    if (!is_token(reader.u8())) return {};
  }
  if (reader.u8() != kLiteral8) return {};
  const Bytes resource = reader.bytes(reader.u8());
  const bool whole = reader.ok() && reader.at_end() && resource.size() >= 3;
  return whole && is_printable(resource) ? resource : Bytes{};
}

class WhatsappFun : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = sides_[index(direction)];
    if (over_ || from.lost) return;
    if (from.started) return pass(from, octets.size(), findings);
    const Bytes view = from.input.append(octets);
    const size_t used = direction == Direction::to_server ? read_client_start(view, findings)
                                                          : read_server_start(view, findings);
    from.started = used > 0;
    from.input.consume(over_ || from.started ? view.size() : 0);
    if (proven_ && answered_ && !over_) finish(findings);
  }

  void gap(Direction direction, uint64_t, Findings& findings) override {
    sides_[index(direction)].lost = true;
    if (sides_[index(opposite(direction))].lost || proven_) finish(findings);
  }

 private:
  struct Side {
    InputBuffer input;
    bool lost = false;
    bool started = false;
    uint64_t passed = 0;
  };

  /// A clear frame's content; empty with `wait` if it is not whole, empty without if it is no
  /// frame.
  static Bytes read_frame(ByteReader& reader, bool& wait) {
    const uint32_t header = reader.be24();
    wait = !reader.ok();
    if (wait || header == 0 || header > kFirstFrameAtMost) return {};  // the flags are zero, too
    const Bytes frame = reader.bytes(header);
    wait = !reader.ok();
    return frame;
  }

  size_t read_client_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    constexpr std::array<uint8_t, 3> kStart = {'W', 'A', 1};
    for (size_t i = 0; i < kStart.size() && i < view.size(); ++i) {
      if (view[i] != kStart[i]) return refuse("no WA and version 1", findings);
    }
    const Bytes version = reader.bytes(kPrologue);
    if (!reader.ok()) return 0;
    bool wait = false;
    const Bytes frame = read_frame(reader, wait);
    if (wait) return 0;
    const Bytes resource = resource_of(frame);
    if (version[3] > 15 || resource.empty()) {
      return refuse("the first frame is no stream start with a resource", findings);
    }
    proven_ = true;
    findings.confirm(Strength::proof, "stream-start",
                     {Direction::to_server, 0, view.first(reader.position())},
                     fmt::format("WA 1.{} and a dictionary-coded stream start of exact length for "
                                 "\"{}\"",
                                 version[3], as_text(resource)));
    findings.note("whatsapp.generation", std::string("funxmpp"));
    findings.note("whatsapp.version", fmt::format("1.{}", version[3]));
    findings.note("whatsapp.resource", std::string(as_text(resource)));
    return reader.position();
  }

  size_t read_server_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    bool wait = false;
    const Bytes start = read_frame(reader, wait);
    if (wait) return 0;
    if (start.size() != 5 || start[0] != kList8 || start[1] != 3 || start[2] != kStreamStart ||
        !is_token(start[3]) || !is_token(start[4])) {
      return refuse("the server's first frame is no stream start", findings);
    }
    const Bytes features = read_frame(reader, wait);
    if (wait) return 0;
    if (features.size() < 3 || features[0] != kList8 || !is_token(features[2])) {
      return refuse("the server's second frame holds no features", findings);
    }
    answered_ = true;
    findings.confirm(proven_ ? Strength::proof : Strength::strong, "stream-answer",
                     {Direction::to_client, 0, view.first(reader.position())},
                     "the server's dictionary-coded stream start and features");
    return reader.position();
  }

  void pass(Side& from, size_t octets, Findings& findings) {
    from.passed += octets;
    if (from.passed > kPassedAtMost) finish(findings);
  }
  size_t refuse(std::string_view reason, Findings& findings) {
    if (proven_) {
      finish(findings);
      return 0;
    }
    over_ = true;
    findings.refute(reason);
    return 0;
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  std::array<Side, 2> sides_;
  bool proven_ = false;    // the client's side
  bool answered_ = false;  // the server's side
  bool over_ = false;
};

}  // namespace

extern const ParserModule kWhatsappFun;
const ParserModule kWhatsappFun{
    "whatsapp_fun", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<WhatsappFun>(); }};

}  // namespace parlance
