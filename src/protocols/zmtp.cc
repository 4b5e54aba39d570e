// ZMTP 3, what ZeroMQ speaks (rfc.zeromq.org/spec/23): each side begins with 64 octets, then sends
// frames of flags, a length and so many octets. The first frames are commands of the mechanism.
//
//   ff  8 octets  7f  version 3  minor  mechanism[20]  as server  31 zeros      then 04 length8 …
#include <algorithm>
#include <array>
#include <string>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr size_t kGreeting = 64, kSignatureOctets = 10, kMechanismOctets = 20;
constexpr uint8_t kShortCommand = 0x04;
constexpr std::array<std::string_view, 4> kMechanisms = {"NULL", "PLAIN", "CURVE", "GSSAPI"};

/// The mechanism that a whole greeting names; empty if it is none.
std::string_view read_greeting(Bytes greeting) {
  ByteReader reader(greeting);
  const Bytes signature = reader.bytes(kSignatureOctets);
  const uint8_t major = reader.u8();
  const uint8_t minor = reader.u8();
  const std::string_view mechanism = as_text(reader.bytes(kMechanismOctets));
  const uint8_t as_server = reader.u8();
  const Bytes filler = reader.rest();
  const bool zeros = std::all_of(filler.begin(), filler.end(), [](uint8_t c) { return c == 0; });
  if (signature.front() != 0xff || signature.back() != 0x7f || major != 3 || minor > 1) return {};
  if (as_server > 1 || !zeros) return {};
  for (const std::string_view each : kMechanisms) {
    const bool padded = mechanism.find_first_not_of('\0', each.size()) == std::string_view::npos;
    if (mechanism.starts_with(each) && padded) return each;
  }
  return {};
}

class Zmtp : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = sides_[index(direction)];
    if (over() || from.commanded) return;
    const Bytes view = from.input.append(octets);
    const size_t used = from.mechanism.empty() ? greet(direction, view, findings) : 0;
    if (!over() && !from.mechanism.empty()) command(direction, view.subspan(used), findings);
    from.input.consume(over() || from.commanded ? view.size() : used);
  }

 private:
  struct Side {
    InputBuffer input;
    std::string_view mechanism;
    bool commanded = false;
  };

  size_t greet(Direction direction, Bytes view, Findings& findings) {
    Side& from = sides_[index(direction)];
    if (view.size() < kGreeting) return 0;
    from.mechanism = read_greeting(view.first(kGreeting));
    if (from.mechanism.empty()) {
      leave("no greeting of ZMTP 3", findings);
      return 0;
    }
    findings.note("zmtp.mechanism", std::string(from.mechanism));
    const bool both = sides_[0].mechanism == sides_[1].mechanism;
    confirm(both ? Strength::proof : Strength::strong, both ? "greetings" : "greeting",
            {direction, 0, view.first(kSignatureOctets)},
            "a greeting of 64 octets: signature, version, mechanism, zeros", findings);
    return kGreeting;
  }

  /// The first frame is a short command: its name with its length.
  void command(Direction direction, Bytes view, Findings& findings) {
    ByteReader reader(view);
    const uint8_t flags = reader.u8(), size = reader.u8(), name = reader.u8();
    if (!reader.ok()) return;
    if (flags != kShortCommand || name == 0 || name >= size) {
      return leave("no command behind the greeting", findings);
    }
    sides_[index(direction)].commanded = true;
    if (sides_[0].commanded && sides_[1].commanded) leave({}, findings);
  }

  Side sides_[2];
};

}  // namespace

extern const ParserModule kZmtp;
const ParserModule kZmtp{"zmtp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Zmtp>();
                         }};

}  // namespace parlance
