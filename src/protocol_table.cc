#include "protocol_table.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "report/json_writer.h"
#include "setup.h"
#include "signatures/loader.h"

namespace parlance {
namespace {

struct Row {
  std::string name, title, application;
  ProtocolClass protocol_class;
  std::vector<std::string_view> evidence;  ///< strongest first
  std::string_view verified;
};

Row row_of(const Signature& signature) {
  std::set<Strength, std::greater<>> strengths;
  for (const Rule& rule : signature.rules) strengths.insert(rule.strength);
  if (signature.agreed != Strength::none) strengths.insert(signature.agreed);
  Row row{signature.name, signature.title, signature.app, signature.protocol_class, {},
          name_of(signature.verified)};
  for (const Strength each : strengths) row.evidence.push_back(name_of(each));
  return row;
}

std::vector<Row> rows_of(const std::vector<Signature>& signatures) {
  std::vector<Row> rows;
  rows.reserve(signatures.size());
  for (const Signature& each : signatures) rows.push_back(row_of(each));
  const auto key = [](const Row& row) {
    return std::pair(row.protocol_class, to_lower(row.title));
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return key(a) < key(b); });
  return rows;
}

std::string evidence_of(const Row& row) {
  return fmt::format("{}", fmt::join(row.evidence, ", "));
}

std::string_view or_dash(std::string_view text) {
  return text.empty() ? "-" : text;
}

std::string as_table(const std::vector<Row>& rows) {
  constexpr const char* kLine = "{:<20} {:<12} {:<20} {:<19} {:<27} {}\n";
  std::string text = fmt::format(fmt::runtime(kLine), "NAME", "CLASS", "APPLICATION", "EVIDENCE",
                                 "VERIFIED ON", "TITLE");
  for (const Row& each : rows) {
    text += fmt::format(fmt::runtime(kLine), each.name, name_of(each.protocol_class),
                        or_dash(each.application), evidence_of(each), or_dash(each.verified),
                        each.title);
  }
  return text;
}

void write(report::TextBuffer& lines, const Row& row) {
  report::JsonWriter json(lines);
  json.open_object();
  json.key("name").text(row.name);
  json.key("title").text(row.title);
  if (!row.application.empty()) json.key("application").text(row.application);
  json.member("class", name_of(row.protocol_class));
  json.key("evidence").open_array();
  for (const std::string_view strength : row.evidence) json.word(strength);
  json.close_array();
  if (!row.verified.empty()) json.member("verified_on", row.verified);
  json.close_object();
  json.newline();
}

std::string as_json(const std::vector<Row>& rows) {
  report::TextBuffer lines;
  for (const Row& each : rows) write(lines, each);
  return std::string(lines.view());
}

std::string as_markdown(const std::vector<Row>& rows) {
  std::string text =
      "| protocol | name | application | class | evidence | verified on |\n"
      "|---|---|---|---|---|---|\n";
  for (const Row& each : rows) {
    text += fmt::format("| {} | `{}` | {} | {} | {} | {} |\n", each.title, each.name,
                        or_dash(each.application), name_of(each.protocol_class), evidence_of(each),
                        or_dash(each.verified));
  }
  return text;
}

std::string as_mdoc(const std::vector<Row>& rows) {
  std::string text =
      ".Bl -column \"Apple Push Notification service\" \"proprietary\" \"proof, strong, hint\" "
      "\"real client, local server\"\n"
      ".It Sy protocol Ta Sy class Ta Sy evidence Ta Sy verified on\n";
  for (const Row& each : rows) {
    text += fmt::format(".It \"{}\" Ta {} Ta {} Ta {}\n", each.title, name_of(each.protocol_class),
                        evidence_of(each), or_dash(each.verified));
  }
  return text + ".El\n";
}

}  // namespace

int list_protocols(const cli::Options& options) {
  const Loaded loaded = load_signatures(signature_folders(options), loader_context());
  for (const Error& each : loaded.errors) fmt::print(stderr, "{}\n", each.text());
  const std::vector<Row> rows = rows_of(loaded.signatures);
  const std::string text = options.protocols_format == "json"       ? as_json(rows)
                           : options.protocols_format == "markdown" ? as_markdown(rows)
                           : options.protocols_format == "mdoc"     ? as_mdoc(rows)
                                                                    : as_table(rows);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) return cli::kOutputFailed;
  return loaded.errors.empty() ? cli::kFine : cli::kBadSignatures;
}

}  // namespace parlance
