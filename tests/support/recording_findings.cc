#include "support/recording_findings.h"

#include <gtest/gtest.h>

namespace parlance::test {
namespace {

void feed(Parser& parser, RecordingFindings& findings, const Said& said, size_t piece) {
  std::string_view rest = said.octets;
  do {
    const size_t length = piece == 0 ? rest.size() : std::min(piece, rest.size());
    // A copy of its own, so that a sanitizer sees a view that outlives the call.
    const std::string part(rest.substr(0, length));
    parser.data(said.direction, as_bytes(part), findings);
    rest.remove_prefix(length);
  } while (!rest.empty() && !findings.is_over());
}

std::vector<std::string> summary(const RecordingFindings& findings) {
  std::vector<std::string> lines;
  for (const Confirmation& each : findings.confirmed) {
    lines.push_back(std::string(name_of(each.strength)) + " " + each.what + " at " +
                    std::to_string(each.offset));
  }
  lines.push_back("refuted: " + findings.refuted);
  for (const auto& [key, value] : findings.fields) lines.push_back("field " + key + "=" + value);
  for (const InnerChannel& each : findings.inner) {
    lines.push_back("inner " + each.parser + " " + each.bytes[0] + " | " + each.bytes[1] + " gaps " + std::to_string(each.gaps));
  }
  return lines;
}

Unit unit_of(std::string_view name) {
  const ParserModule* module = find_parser(name);
  return module == nullptr ? Unit::bytes : module->unit;
}

void expect_same_in_pieces(std::string_view name, const std::vector<Said>& talk,
                           const Start& start, const Prepare& prepare) {
  const auto whole = summary(*run_parser(name, talk, 0, start, prepare));
  for (const size_t piece : {1U, 2U, 3U, 5U, 16U}) {
    EXPECT_EQ(summary(*run_parser(name, talk, piece, start, prepare)), whole)
        << name << " in pieces of " << piece;
  }
}

void expect_truncations_say_no_more(std::string_view name, const std::vector<Said>& talk,
                                    const Start& start, const Prepare& prepare) {
  const Strength whole = run_parser(name, talk, 0, start, prepare)->best();
  for (size_t portion = 0; portion < talk.size(); ++portion) {
    std::vector<Said> cut(talk.begin(), talk.begin() + static_cast<ptrdiff_t>(portion) + 1);
    const size_t step = 1 + talk[portion].octets.size() / 200;
    for (size_t length = 0; length < talk[portion].octets.size(); length += step) {
      cut.back().octets = talk[portion].octets.substr(0, length);
      EXPECT_LE(run_parser(name, cut, 0, start, prepare)->best(), whole);
    }
  }
}

void expect_gaps_end_cleanly(std::string_view name, const std::vector<Said>& talk,
                             const Start& start, const Prepare& prepare) {
  for (size_t hole = 0; hole <= talk.size(); ++hole) {
    for (const uint64_t length : {0U, 1U, 7U}) {
      RecordingFindings findings;
      if (prepare) prepare(findings);
      const auto parser = find_parser(name)->make(start);
      for (size_t i = 0; i < talk.size() && !findings.is_over(); ++i) {
        if (i == hole) parser->gap(talk[i].direction, length, findings);
        if (!findings.is_over()) feed(*parser, findings, talk[i], 0);
      }
      if (!findings.is_over()) parser->end(Direction::to_server, findings);
      if (!findings.is_over()) parser->end(Direction::to_client, findings);
    }
  }
}

}  // namespace

std::unique_ptr<RecordingFindings> run_parser(std::string_view name, const std::vector<Said>& talk,
                                              size_t piece, const Start& start, const Prepare& prepare) {
  auto findings = std::make_unique<RecordingFindings>();
  if (prepare) prepare(*findings);
  const ParserModule* module = find_parser(name);
  if (module == nullptr) {
    ADD_FAILURE() << "no parser is named " << name;
    return findings;
  }
  const auto parser = module->make(start);
  for (const Said& said : talk) {
    if (findings->is_over()) break;
    feed(*parser, *findings, said, module->unit == Unit::bytes ? piece : 0);
  }
  if (!findings->is_over()) parser->end(Direction::to_server, *findings);
  if (!findings->is_over()) parser->end(Direction::to_client, *findings);
  return findings;
}

void expect_parser_habits(std::string_view name, const std::vector<Said>& talk,
                          const Start& start, const Prepare& prepare) {
  if (unit_of(name) == Unit::bytes) expect_same_in_pieces(name, talk, start, prepare);
  expect_truncations_say_no_more(name, talk, start, prepare);
  expect_gaps_end_cleanly(name, talk, start, prepare);
}

std::string hex(std::string_view text) {
  std::string octets;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      octets += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  return octets;
}

}  // namespace parlance::test
