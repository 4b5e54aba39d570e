#include <algorithm>
#include <array>

#include "protocols/parser.h"

namespace parlance {

std::string_view name_of(Carrier carrier) {
  static constexpr std::array<std::string_view, 5> kNames = {"tcp", "udp", "tls", "websocket",
                                                             "http"};
  return kNames[static_cast<size_t>(carrier)];
}

std::string_view find(const Parameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& each) { return each.name == name; });
  return found == parameters.end() ? std::string_view{} : found->value;
}

void Parser::gap(Direction, uint64_t, Findings& findings) { findings.finish(); }
void Parser::end(Direction, Findings&) {}

const ParserModule* find_parser(std::string_view name) {
  const auto all = all_parsers();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ParserModule* each) { return each->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace parlance
