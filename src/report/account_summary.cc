#include "report/account_summary.h"

#include <array>
#include <utility>
#include <variant>

namespace parlance::report {
namespace {

struct AccountField {
  std::string_view key;
  std::string_view application;
};
constexpr std::array<AccountField, 1> kFields = {{{"telegram.auth_key_id", "telegram"}}};

std::string_view application_of(std::string_view key) {
  for (const AccountField& field : kFields) {
    if (field.key == key) return field.application;
  }
  return {};
}

}  // namespace

void AccountSummary::add(const FlowRecord& record) {
  for (const Note& note : record.notes) {
    const std::string_view application = application_of(note.key);
    const std::string* const identifier = std::get_if<std::string>(&note.value);
    if (application.empty() || identifier == nullptr) continue;
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
    if (row.clients.size() < kClients) row.clients.insert(record.client.address);
  }
}

}  // namespace parlance::report
