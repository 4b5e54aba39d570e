// Every parser of the generated table, fed with one hostile conversation.
//
// Input: an octet that picks the parser, one that picks how it starts, then portions: a control
// octet (bit 0 the direction, bit 1 a gap, bit 2 the end of the direction), a length octet, the
// octets.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "careless_findings.h"
#include "harness.h"
#include "protocols/parser.h"
#include "secrets/key_log.h"

namespace parlance::fuzz {
namespace {

/// Those of all captures in pcaps/, from which seeds are cut: so records of TLS do open.
const TlsSecrets& secrets_of_captures() {
  struct All {
    TlsSecrets secrets;
    All() {
      for (const auto& each : std::filesystem::directory_iterator(PARLANCE_SOURCE_DIR "/pcaps")) {
        if (each.path().extension() != ".keys") continue;
        std::ostringstream text;
        text << std::ifstream(each.path(), std::ios::binary).rdbuf();
        KeyLogReader reader(secrets);
        reader.read(text.str());
        reader.end();
      }
    }
  };
  static const All kAll;
  return kAll.secrets;
}

Start start_from(uint8_t choice, const Parameters& parameters, Unit unit) {
  Start start;
  start.carrier = static_cast<Carrier>(choice % kCarriers);
  start.unit = unit;
  start.agreed = (choice & 0x20) != 0;
  start.midstream = (choice & 0x40) != 0;
  start.parameters = (choice & 0x80) != 0 ? &parameters : nullptr;
  return start;
}

void run(const ParserModule& module, uint8_t choice, Bytes input) {
  const Parameters parameters = {{"key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                 {"accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                                 {"extensions", "permessage-deflate"}};
  const auto parser = module.make(start_from(choice, parameters, module.unit));
  CarelessFindings findings(secrets_of_captures());
  while (input.size() >= 2 && !findings.over) {
    const uint8_t control = input[0];
    const size_t length = std::min<size_t>(input[1], input.size() - 2);
    const auto direction = static_cast<Direction>(control & 1);
    if ((control & 2) != 0) parser->gap(direction, length % 3, findings);
    if (!findings.over) parser->data(direction, input.subspan(2, length), findings);
    if (!findings.over && (control & 4) != 0) parser->end(direction, findings);
    input = input.subspan(2 + length);
  }
  if (!findings.over) parser->end(Direction::to_server, findings);
  if (!findings.over) parser->end(Direction::to_client, findings);
}

}  // namespace

void run_parsers(Bytes input) {
  if (input.size() < 2) return;
  const auto parsers = all_parsers();
  run(*parsers[input[0] % parsers.size()], input[1], input.subspan(2));
}

}  // namespace parlance::fuzz
