// Which flows are of one account: those that show the same identifier of a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/flow_record.h"

namespace parlance::report {

/// What the flows of one key add up to.
struct AccountRow {
  uint64_t flows = 0;
  uint64_t octets = 0;
  std::set<IpAddress> clients;  ///< one more than AccountSummary::kClients says that there are more
};

/// A note whose value is the same in all flows of an account: "telegram.auth_key_id" is, for a device and a
/// data centre, whatever its address and transport. Signatures say which are.
struct AccountNote {
  std::string key;
  std::string application;
};

/// Groups flows by such notes.
class AccountSummary {
 public:
  static constexpr size_t kAccounts = 10'000;  ///< more are counted but not told apart
  static constexpr size_t kClients = 4;          ///< that are remembered of an account

  explicit AccountSummary(std::vector<AccountNote> notes) : notes_(std::move(notes)) {}
  void add(const FlowRecord& record);

  /// By application and key's identifier.
  using Rows = std::map<std::pair<std::string_view, std::string>, AccountRow>;
  const Rows& rows() const { return rows_; }
  /// Flows whose account came when there were kAccounts already.
  uint64_t flows_left_out() const { return flows_left_out_; }

 private:
  const AccountNote* note_of(std::string_view key) const;

  std::vector<AccountNote> notes_;
  Rows rows_;
  uint64_t flows_left_out_ = 0;
};

}  // namespace parlance::report
