#include "verdict/judge.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace parlance::verdict {
namespace {

/// Calls `visit` with the protocols of one channel that go into a stack, outermost first: the strongest (a
/// parser's word before a pattern's), or all of those that share the channel if it is one of them. On the
/// way to an inner channel it is the protocol that opened that one, whatever else was found.
template <class Visit>
void visit_protocols(const ChannelSummary& channel, std::string_view opener, Visit visit) {
  const FoundProtocol* best = nullptr;
  for (const FoundProtocol& each : channel.found) {
    const bool better = best == nullptr || std::tie(each.strength, each.by_parser) >
                                               std::tie(best->strength, best->by_parser);
    if (better) best = &each;
  }
  if (best == nullptr) return;
  if (!best->shares_channel) {
    const auto named = std::find_if(channel.found.begin(), channel.found.end(),
                                    [&](const FoundProtocol& each) { return each.name == opener; });
    return visit(named == channel.found.end() ? *best : *named);
  }
  for (const FoundProtocol& each : channel.found) {
    if (each.shares_channel) visit(each);
  }
}

/// The way from the flow down to a channel, as far as it matters for choosing one.
struct Path {
  const FoundProtocol* innermost = nullptr;
  const FoundProtocol* messaging = nullptr;  ///< the innermost such
  size_t length = 0;

  /// The protocol that a label names: the innermost messaging one, else the innermost.
  const FoundProtocol* label() const { return messaging != nullptr ? messaging : innermost; }
  void add(const FoundProtocol& protocol) {
    innermost = &protocol;
    if (is_messaging(protocol.protocol_class)) messaging = &protocol;
    ++length;
  }
  auto rank() const {
    const Strength strength = label() == nullptr ? Strength::none : label()->strength;
    return std::make_tuple(messaging != nullptr, strength, length);
  }
};

/// A channel's place in the tree.
struct Branch {
  Path above;            ///< the way to the channel, without what is spoken in it
  Path path;             ///< with it
  bool goes_on = false;  ///< in an inner channel, with which it does not compete
};

/// Channels come after their parents, so one pass forward finds every path.
size_t best_channel(std::span<const ChannelSummary> channels, std::vector<Branch>& branches) {
  for (const ChannelSummary& channel : channels) {
    Branch branch;
    if (channel.parent) {
      branch.above = branches[*channel.parent].above;
      visit_protocols(channels[*channel.parent], channel.opened_by,
                      [&](const FoundProtocol& each) { branch.above.add(each); });
    }
    branch.path = branch.above;
    visit_protocols(channel, {}, [&](const FoundProtocol& each) { branch.path.add(each); });
    if (channel.parent && branch.path.length > branch.above.length) {
      branches[*channel.parent].goes_on = true;
    }
    branches.push_back(branch);
  }
  size_t best = 0;
  for (size_t i = 0; i < branches.size(); ++i) {
    if (branches[i].goes_on) continue;
    if (branches[best].goes_on || branches[best].path.rank() < branches[i].path.rank()) best = i;
  }
  return best;
}

/// The protocols down to a channel; the path is walked upwards, so they are put in from behind.
void fill_stack(std::span<const ChannelSummary> channels, size_t at, Verdict& verdict) {
  std::string_view opener;
  for (std::optional<uint32_t> channel = static_cast<uint32_t>(at); channel;
       channel = channels[*channel].parent) {
    size_t place = 1;  // behind the transport
    visit_protocols(channels[*channel], opener, [&](const FoundProtocol& each) {
      verdict.stack.insert(verdict.stack.begin() + static_cast<ptrdiff_t>(place++), each.name);
    });
    opener = channels[*channel].opened_by;
  }
}

/// Pieces are few and mostly in order already; std::stable_sort asks for memory each time.
void sort_by_strength(std::vector<Evidence>& evidence) {
  const auto stronger = [](const Evidence& a, const Evidence& b) { return a.strength > b.strength; };
  for (auto each = evidence.begin(); each != evidence.end(); ++each) {
    std::rotate(std::upper_bound(evidence.begin(), each, *each, stronger), each, std::next(each));
  }
}

/// Whether an application speaks the protocol of `spoken`, which is another's.
bool also_speaks(const Signature& signature, const Signature& spoken) {
  return std::find(signature.also_speaks.begin(), signature.also_speaks.end(), spoken.name) !=
         signature.also_speaks.end();
}

/// What speaks for another application than the one that `spoken` is named after: a name that the
/// client asked for. DNS and certificates do not count, for these applications share servers.
const Evidence* other_speaker(const std::vector<Evidence>& evidence, const SignatureSet& signatures,
                              const Signature& spoken) {
  const Evidence* other = nullptr;
  for (const Evidence& each : evidence) {
    if (each.basis != Basis::sni) continue;
    if (each.supports == spoken.name) return nullptr;
    const Signature* signature = signatures.find(each.supports);
    if (other == nullptr && signature != nullptr && also_speaks(*signature, spoken)) other = &each;
  }
  return other;
}

}  // namespace

std::optional<Application> application_of(const std::vector<Evidence>& evidence,
                                          const SignatureSet& signatures) {
  std::optional<Application> best;
  const Signature* spoken = nullptr;
  for (const Evidence& each : evidence) {
    const Signature* signature = signatures.find(each.supports);
    if (signature == nullptr || signature->app.empty()) continue;
    // Of what the payload's structure tells the last counts: what is inside is read after what carries it.
    const bool inner = each.strength >= Strength::strong && each.basis == Basis::payload;
    const bool better = !best || each.strength > best->strength ||
                        (each.strength == best->strength && (each.basis < best->basis || inner));
    if (!better) continue;
    best = Application{signature->app, each.strength, each.basis};
    spoken = signature;
  }
  if (spoken == nullptr || best->strength < Strength::strong) return best;
  if (const Evidence* other = other_speaker(evidence, signatures, *spoken)) {
    best = Application{signatures.find(other->supports)->app, other->strength, other->basis};
  }
  return best;
}

Verdict judge(std::span<const ChannelSummary> channels, std::vector<Evidence> evidence,
              const SignatureSet& signatures, Transport transport) {
  Verdict verdict;
  std::vector<Branch> branches;
  branches.reserve(channels.size());
  const size_t best = best_channel(channels, branches);
  verdict.stack.reserve(1 + (branches.empty() ? 0 : branches[best].path.length));
  verdict.stack.emplace_back(transport == Transport::tcp ? "tcp" : "udp");
  if (!branches.empty()) {
    fill_stack(channels, best, verdict);
    if (const FoundProtocol* label = branches[best].path.label()) {
      verdict.protocol = label->name;
      verdict.protocol_class = label->protocol_class;
      verdict.strength = label->strength;
    }
  }
  sort_by_strength(evidence);
  verdict.app = application_of(evidence, signatures);
  for (const ChannelSummary& channel : channels) {
    verdict.ruled_out.insert(verdict.ruled_out.end(), channel.ruled_out.begin(),
                             channel.ruled_out.end());
  }
  verdict.evidence = std::move(evidence);
  return verdict;
}

}  // namespace parlance::verdict
