// "Does X use XMPP or WebSocket?": what each application's flows spoke, added up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/flow_record.h"

namespace parlance::report {

/// The ways in which messaging may go, as columns of the summary.
enum class Way : uint8_t {
  xmpp,
  websocket,     ///< as a carrier of anything, or with nothing known inside
  own_protocol,  ///< a messenger's own
  web,           ///< HTTP, TLS or QUIC with nothing more known inside
  media,         ///< STUN, RTP and what goes with them
  other,
};
constexpr size_t kWays = 6;
/// "XMPP", "WebSocket", "own protocol", …
std::string_view name_of(Way way);

/// What went one way.
struct Tally {
  uint64_t flows = 0;
  uint64_t octets = 0;
  Strength best = Strength::none;  ///< that it went that way
};

/// A row: an application, or a messaging protocol whose application is not known.
struct ApplicationRow {
  Strength best = Strength::none;  ///< that the flows are this application's
  uint64_t octets = 0;
  std::array<Tally, kWays> ways{};
};

/// Adds up flows by application. A flow that goes two ways (XMPP in a WebSocket) counts in both
/// columns, so that a "no" in a column means none.
class ApplicationSummary {
 public:
  void add(const FlowRecord& record);
  /// Rows by name. Flows of which neither application nor messaging protocol is known are not here.
  const std::map<std::string, ApplicationRow>& rows() const { return rows_; }

 private:
  std::map<std::string, ApplicationRow> rows_;
};

}  // namespace parlance::report
