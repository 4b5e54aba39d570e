// The answer for a flow, and what it rests on. Names are views of literals or of the signatures, which
// live longer than any record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/carrier.h"
#include "model/evidence.h"
#include "model/protocol_class.h"

namespace parlance {

/// Which application or service a flow belongs to.
struct Application {
  std::string_view name;
  Strength strength = Strength::none;
  Basis basis = Basis::payload;
};

/// A protocol that was tried on a channel and is not spoken there.
struct RuledOut {
  std::string_view protocol;
  Sentence reason;
};

/// A protocol found in a channel.
struct FoundProtocol {
  std::string_view name;
  ProtocolClass protocol_class = ProtocolClass::other;
  Strength strength = Strength::none;
  bool by_parser = false;        ///< a parser's word, not a pattern's alone
  bool shares_channel = false;   ///< others may stand beside it (RFC 7983)
};

/// One channel of a flow, as the explanation shows it and the verdict is drawn from it. Channels are
/// numbered from 0, the flow itself; a channel comes after the one that it is inside of.
struct ChannelSummary {
  uint32_t id = 0;
  std::optional<uint32_t> parent;
  std::string_view opened_by;         ///< protocol of the parent that opened it; empty at the root
  Carrier carrier = Carrier::tcp;
  std::vector<FoundProtocol> found;   ///< in the order of finding
  std::vector<RuledOut> ruled_out;
  uint64_t octets[2] = {0, 0};        ///< by Direction
  uint64_t messages[2] = {0, 0};      ///< by Direction; 0 for streams
  uint32_t gaps[2] = {0, 0};          ///< by Direction
};

enum class VerdictState : uint8_t { provisional, final };

struct Verdict {
  std::vector<std::string_view> stack;  ///< outermost first; at least the transport
  std::string_view protocol = "unknown";  ///< the innermost messaging protocol, else the innermost
  ProtocolClass protocol_class = ProtocolClass::unknown;
  Strength strength = Strength::none; ///< none if the protocol is unknown
  VerdictState state = VerdictState::final;
  std::optional<Application> app;
  std::vector<Evidence> evidence;     ///< strongest first
  std::vector<RuledOut> ruled_out;
  std::vector<ChannelSummary> channels;
};

}  // namespace parlance
