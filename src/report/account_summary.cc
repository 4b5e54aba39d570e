#include "report/account_summary.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace parlance::report {
namespace {

/// Their first words are the applications' names.
constexpr std::array<std::string_view, 1> kFields = {"telegram.auth_key_id"};

bool is_of_account(std::string_view key) {
  return std::find(kFields.begin(), kFields.end(), key) != kFields.end();
}

}  // namespace

void AccountSummary::add(const FlowRecord& record) {
  for (const Note& note : record.notes) {
    const std::string* const identifier = std::get_if<std::string>(&note.value);
    if (identifier == nullptr || !is_of_account(note.key)) continue;
    const std::string_view application = note.key.substr(0, note.key.find('.'));
    auto place = rows_.find({application, *identifier});
    if (place == rows_.end()) {
      if (rows_.size() >= kAccounts) {
        ++flows_left_out_;
        continue;
      }
      place = rows_.try_emplace({application, *identifier}).first;
    }
    AccountRow& row = place->second;
    ++row.flows;
    row.octets += record.counters[0].octets + record.counters[1].octets;
    if (row.clients.size() <= kClients) row.clients.insert(record.client.address);
  }
}

}  // namespace parlance::report
