#include "report/account_summary.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace parlance::report {

const AccountNote* AccountSummary::note_of(std::string_view key) const {
  const auto found = std::find_if(notes_.begin(), notes_.end(), [&](const AccountNote& each) { return each.key == key; });
  return found == notes_.end() ? nullptr : &*found;
}

void AccountSummary::add(const FlowRecord& record) {
  for (const Note& note : record.notes) {
    const std::string* const identifier = std::get_if<std::string>(&note.value);
    const AccountNote* const known = identifier == nullptr ? nullptr : note_of(note.key);
    if (known == nullptr) continue;
    const std::string_view application = known->application;
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
