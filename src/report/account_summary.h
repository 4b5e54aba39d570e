// Which flows are of one account: those that show the same identifier of a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "model/flow_record.h"

namespace parlance::report {

/// What the flows of one key add up to.
struct AccountRow {
  uint64_t flows = 0;
  uint64_t octets = 0;
  std::set<IpAddress> clients;  ///< one more than AccountSummary::kClients says that there are more
};

/// Groups flows by fields of the record that are the same in all flows of an account: "telegram.auth_key_id"
/// is, for a device and a data centre, whatever its address and transport.
class AccountSummary {
 public:
  static constexpr size_t kAccounts = 10'000;  ///< more are counted but not told apart
  static constexpr size_t kClients = 4;          ///< that are remembered of an account

  void add(const FlowRecord& record);

  /// By application and key's identifier.
  using Rows = std::map<std::pair<std::string_view, std::string>, AccountRow>;
  const Rows& rows() const { return rows_; }
  /// Flows whose account came when there were kAccounts already.
  uint64_t flows_left_out() const { return flows_left_out_; }

 private:
  Rows rows_;
  uint64_t flows_left_out_ = 0;
};

}  // namespace parlance::report
