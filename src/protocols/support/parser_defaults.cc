#include <algorithm>

#include "protocols/parser.h"

namespace parlance {

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
