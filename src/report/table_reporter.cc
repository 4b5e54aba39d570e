// The table for people: a row a flow, then what each application spoke, then totals.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report/application_summary.h"
#include "report/format.h"
#include "report/reporter.h"
#include "report/text_style.h"

namespace parlance::report {
namespace {

enum Column : size_t { client, server, stack, application, strength, packets, bytes, evidence };
constexpr size_t kColumns = 8;
constexpr std::array<std::string_view, kColumns> kTitles = {
    "CLIENT", "SERVER", "STACK", "APPLICATION", "STRENGTH", "PACKETS", "BYTES", "EVIDENCE"};
constexpr size_t kGap = 2;                 // columns between cells
constexpr size_t kLeastEvidence = 24;      // narrower than this, evidence is not worth showing
constexpr size_t kRowsBeforeWidths = 500;  // rows looked at before the widths are chosen
constexpr size_t kAccountsShown = 30;

struct Row {
  std::array<std::string, kColumns> cells;
  Strength label = Strength::none;
};

bool is_number(size_t column) {
  return column == packets || column == bytes;
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(text.empty() ? "" : " / ").append(part);
  return text;
}

/// What carries the label's protocol, at its innermost place in the stack; empty if it is not there.
std::string_view carrier_of_label(const Verdict& verdict) {
  for (size_t i = verdict.stack.size(); i-- > 1;) {
    if (verdict.stack[i] == verdict.protocol) return verdict.stack[i - 1];
  }
  return {};
}

/// The strongest evidence for the label: where it stands twice in the stack (before and after STARTTLS)
/// that of the inner one, which the label is about. Without any, the strongest there is.
const Evidence* best_evidence(const Verdict& verdict) {
  const std::string_view carrier = carrier_of_label(verdict);
  const Evidence* best = nullptr;
  for (const Evidence& each : verdict.evidence) {
    if (each.supports != verdict.protocol) continue;
    if (each.layer == carrier) return &each;
    if (best == nullptr) best = &each;
  }
  if (best != nullptr) return best;
  return verdict.evidence.empty() ? nullptr : &verdict.evidence.front();
}

std::string in_words(const Evidence* evidence) {
  if (evidence == nullptr) return {};
  std::string text = to_terminal(evidence->text);
  if (evidence->frame > 0) text += fmt::format(" (frame {})", evidence->frame);
  return text;
}

std::string application_cell(const Verdict& verdict) {
  if (!verdict.app) return "-";
  std::string text = to_terminal(verdict.app->name);
  if (verdict.app->strength != verdict.strength) {
    text += fmt::format(" ({})", name_of(verdict.app->strength));
  }
  return text;
}

Row row_of(const FlowRecord& record) {
  const Verdict& verdict = record.verdict;
  Row row;
  row.label = verdict.strength;
  row.cells[client] = to_text(record.client);
  row.cells[server] = to_text(record.server) + (direction_known(record) ? "" : " ?");
  row.cells[stack] = to_terminal(joined(verdict.stack));
  if (verdict.state == VerdictState::provisional) row.cells[stack] += " …";
  row.cells[application] = application_cell(verdict);
  row.cells[strength] =
      verdict.strength == Strength::none ? "unknown" : std::string(name_of(verdict.strength));
  row.cells[packets] = to_grouped(record.counters[0].packets + record.counters[1].packets);
  row.cells[bytes] = to_size(record.counters[0].octets + record.counters[1].octets);
  row.cells[evidence] = in_words(best_evidence(verdict));
  return row;
}

Style style_of(Strength strength) {
  switch (strength) {
    case Strength::proof:
      return Style::green;
    case Strength::strong:
      return Style::cyan;
    case Strength::hint:
      return Style::yellow;
    case Strength::none:
      break;
  }
  return Style::dim;
}

class TableReporter final : public Reporter {
 public:
  TableReporter(Output& output, const TableOptions& options) : output_(output), options_(options) {
    for (size_t i = 0; i < kColumns; ++i) widths_[i] = kTitles[i].size();
  }

  Result<void> flow(const FlowRecord& record) override {
    summary_.add(record);
    accounts_.add(record);
    ++flows_;
    if (record.verdict.protocol_class == ProtocolClass::unknown) ++unknown_;
    for (const StreamFacts& stream : record.streams) gaps_ += stream.gaps;
    show(row_of(record));
    return output_.good();
  }

  Result<void> provisional(const FlowRecord& record) override {
    show(row_of(record));
    write_waiting();
    return output_.flush();
  }

  Result<void> finish(const Totals& totals) override {
    write_waiting();
    if (options_.summary) {
      write_summary();
      write_accounts();
      write_totals(totals);
    }
    return output_.flush();
  }

 private:
  using Cells = std::vector<std::vector<std::string>>;  // lines, the first of titles

  /// Rows are kept until there are enough to choose the widths by; later ones may widen them.
  void show(Row row) {
    for (size_t i = 0; i < kColumns; ++i) widths_[i] = std::max(widths_[i], columns(row.cells[i]));
    if (!header_written_) {
      waiting_.push_back(std::move(row));
      if (waiting_.size() >= kRowsBeforeWidths) write_waiting();
      return;
    }
    write_row(row);
  }

  void write_waiting() {
    if (!header_written_ && !waiting_.empty()) {
      Row titles;
      for (size_t i = 0; i < kColumns; ++i) titles.cells[i] = kTitles[i];
      write_cells(titles, Style::bold);
      header_written_ = true;
    }
    for (const Row& row : waiting_) write_row(row);
    waiting_.clear();
  }

  void write_row(const Row& row) { write_cells(row, style_of(row.label)); }

  void write_cells(const Row& row, Style style) {
    std::string line;
    size_t used = 0;
    const bool whole_line = style == Style::bold;
    for (size_t i = 0; i < evidence; ++i) {
      const std::string padding(widths_[i] - columns(row.cells[i]), ' ');
      const bool styled = whole_line || i == strength || i == stack;
      const std::string cell = styled ? styled_text(row.cells[i], style) : row.cells[i];
      line += is_number(i) ? padding + cell : cell + padding;
      line.append(kGap, ' ');
      used += widths_[i] + kGap;
    }
    line += evidence_cell(row.cells[evidence], used);
    line.erase(line.find_last_not_of(' ') + 1);
    output_.write(line + '\n');
  }

  std::string evidence_cell(const std::string& text, size_t used) const {
    if (options_.width == 0) return text;
    if (used + kLeastEvidence > options_.width) return {};
    return cut_to(text, options_.width - used);
  }

  void write_summary() {
    if (summary_.rows().empty()) return;
    Cells cells = {{"APPLICATION"}};
    for (size_t way = 0; way < kWays; ++way) cells[0].emplace_back(name_of(static_cast<Way>(way)));
    for (const auto& [name, row] : summary_.rows()) {
      auto& line = cells.emplace_back();
      line.push_back(fmt::format("{} ({})", to_terminal(name), name_of(row.best)));
      for (const Tally& tally : row.ways) line.push_back(tally_cell(tally));
    }
    write_aligned(cells);
  }

  static std::string tally_cell(const Tally& tally) {
    if (tally.flows == 0) return "-";
    std::string text = fmt::format("{} {}", to_counted(tally.flows, "flow"), to_size(tally.octets));
    if (tally.best != Strength::none) text += fmt::format(" {}", name_of(tally.best));
    return text;
  }

  void write_accounts() {
    if (accounts_.rows().empty()) return;
    Cells cells = {{"KEY OF AN ACCOUNT", "FLOWS", "CLIENTS"}};
    uint64_t left_out = accounts_.flows_left_out();
    for (const auto& [key, row] : accounts_.rows()) {
      if (cells.size() > kAccountsShown) {
        left_out += row.flows;
        continue;
      }
      cells.push_back({fmt::format("{} {}", key.first, to_terminal(key.second)),
                       fmt::format("{} {}", to_counted(row.flows, "flow"), to_size(row.octets)), clients_cell(row)});
    }
    write_aligned(cells);
    if (left_out > 0) output_.write(fmt::format("… and {} of other keys\n", to_counted(left_out, "flow")));
  }

  static std::string clients_cell(const AccountRow& row) {
    std::string text;
    size_t shown = 0;
    for (const IpAddress& each : row.clients) {
      text += text.empty() ? "" : ", ";
      if (++shown > AccountSummary::kClients) return text + "…";
      text += to_text(each);
    }
    return text;
  }

  void write_aligned(const Cells& cells) {
    std::vector<size_t> widths(cells.front().size());
    for (const auto& line : cells) {
      for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], columns(line[i]));
    }
    output_.write("\n");
    bool title = true;
    for (const auto& line : cells) {
      std::string text;
      for (size_t i = 0; i < line.size(); ++i) {
        text += line[i] + std::string(widths[i] - columns(line[i]) + kGap, ' ');
      }
      text.erase(text.find_last_not_of(' ') + 1);
      output_.write((title ? styled_text(text, Style::bold) : text) + '\n');
      title = false;
    }
  }

  void write_totals(const Totals& totals) {
    std::string line =
        fmt::format("\n{} ({}), {}, {} unknown, {}", to_counted(totals.packets, "packet"),
                    to_size(totals.octets), to_counted(flows_, "flow"), to_grouped(unknown_),
                    to_counted(gaps_, "gap"));
    const auto mention = [&line](uint64_t number, std::string_view noun, std::string_view what) {
      if (number > 0) line += fmt::format(", {} {}", to_counted(number, noun), what);
    };
    mention(totals.undecodable, "packet", "that could not be decoded");
    mention(totals.other_transport, "packet", "neither TCP nor UDP");
    mention(totals.dropped_packets, "packet", "dropped before they could be read");
    mention(totals.evicted_flows, "flow", "ended early to make room");
    mention(totals.damaged_inputs, "input", "damaged");
    output_.write(line + '\n');
  }

  std::string styled_text(const std::string& text, Style style) const {
    return options_.colour ? styled(text, style) : text;
  }

  Output& output_;
  TableOptions options_;
  std::array<size_t, kColumns> widths_{};
  std::vector<Row> waiting_;
  bool header_written_ = false;
  ApplicationSummary summary_;
  AccountSummary accounts_{options_.accounts};
  uint64_t flows_ = 0;
  uint64_t unknown_ = 0;
  uint64_t gaps_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_table_reporter(Output& output, const TableOptions& options) {
  return std::make_unique<TableReporter>(output, options);
}

}  // namespace parlance::report
