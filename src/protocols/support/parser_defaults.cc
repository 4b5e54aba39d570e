#include <algorithm>
#include <unordered_map>

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
  static const auto kByName = [] {
    std::unordered_map<std::string_view, const ParserModule*> modules;
    for (const ParserModule* each : all_parsers()) modules.emplace(each->name, each);
    return modules;
  }();
  const auto found = kByName.find(name);
  return found == kByName.end() ? nullptr : found->second;
}

}  // namespace parlance
