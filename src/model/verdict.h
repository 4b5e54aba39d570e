// What a flow was found to be: the answer, its reasons, and the walk that led there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/carrier.h"
#include "model/evidence.h"
#include "model/protocol_class.h"

namespace parlance {

/// A provisional verdict is of a flow that goes on and may still change.
enum class VerdictState : uint8_t { provisional, final };
constexpr std::string_view name_of(VerdictState state) {
  return state == VerdictState::final ? "final" : "provisional";
}

/// Which product or service a flow belongs to (`app` of the flow record).
struct Application {
  std::string name;
  Strength strength = Strength::hint;
  Basis basis = Basis::payload;
};

/// A protocol that might have been expected, and why it is not spoken.
struct RuledOut {
  std::string protocol;
  std::string reason;
};

/// A protocol recognised in a channel. STUN, DTLS and RTP may share one, so there may be several.
struct Recognised {
  std::string protocol;
  Strength strength = Strength::none;
};

/// A parser that was tried on a channel. `outcome` is a clause for a person: "refuted: no
/// masking bit from the client", "confirmed, proof", "still undecided at the end of the flow".
struct Trial {
  std::string parser;
  std::string outcome;
};

/// One channel of a flow, for explanations. `per direction` arrays are indexed by index(Direction).
struct ChannelSummary {
  uint32_t id = 0;
  std::optional<uint32_t> parent;  ///< absent for the flow itself
  Carrier carrier = Carrier::tcp;
  std::vector<Recognised> recognised;  ///< in the order of finding; empty: unknown
  std::array<uint64_t, 2> octets{};    ///< per direction
  std::array<uint64_t, 2> messages{};  ///< per direction, 0 for a stream
  std::array<uint32_t, 2> gaps{};      ///< per direction
  std::vector<Trial> trials;
};

/// Everything is owned. A flow of which nothing is known has its transport for a stack ("tcp") and
/// no protocol class.
struct Verdict {
  std::vector<std::string> stack;  ///< outermost first; never empty
  std::string protocol;            ///< `label.protocol`: the messaging protocol, else the innermost
  std::optional<ProtocolClass> protocol_class;  ///< absent: unknown
  Strength strength = Strength::none;           ///< of `protocol`; none if the class is unknown
  VerdictState state = VerdictState::final;
  std::optional<Application> application;
  std::vector<Evidence> evidence;  ///< strongest first, at most Limits::evidence_per_flow
  std::vector<RuledOut> ruled_out;
  std::vector<ChannelSummary> channels;  ///< parents before their children
};

/// `label.class`: the class's name, or "unknown".
inline std::string_view class_name(const Verdict& verdict) {
  return verdict.protocol_class ? name_of(*verdict.protocol_class) : std::string_view("unknown");
}

}  // namespace parlance
