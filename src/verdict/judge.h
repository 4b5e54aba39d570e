// From evidence to label. Pure functions: no state, no I/O, no clock.
#pragma once

#include <span>
#include <vector>

#include "model/five_tuple.h"
#include "model/verdict.h"
#include "signatures/matcher.h"

namespace parlance::verdict {

/// What the channels and the evidence of a flow amount to. `channels` are numbered from 0, the flow
/// itself, each after the one that it is inside of. Verdict::channels is left empty.
///
/// The stack is the path to the best leaf: at each channel its protocol (the strongest found, a
/// parser's word before a pattern's; or all of them in order where they share the channel), then
/// downwards. A path with messaging in it is better than one without, then the stronger, then the
/// deeper, then the earlier one.
Verdict judge(std::span<const ChannelSummary> channels, std::vector<Evidence> evidence,
              const SignatureSet& signatures, Transport transport);

/// The application that the evidence speaks for best: the strongest, then by basis (payload, SNI,
/// certificate, DNS, address, port, fingerprint, behaviour), then the first. Where another application speaks
/// the protocol that this rests on, too, and its name was asked for, it is that one, as a hint.
std::optional<Application> application_of(const std::vector<Evidence>& evidence,
                                          const SignatureSet& signatures);

}  // namespace parlance::verdict
