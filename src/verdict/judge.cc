#include "verdict/judge.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace parlance::verdict {
namespace {

/// Calls `visit` with the protocols of one channel that go into a stack, outermost first: the strongest (a
/// parser's word before a pattern's), or all of those that share the channel if it is one of them.
template <class Visit>
void visit_protocols(const ChannelSummary& channel, Visit visit) {
  const FoundProtocol* best = nullptr;
  for (const FoundProtocol& each : channel.found) {
    const bool better = best == nullptr || std::tie(each.strength, each.by_parser) >
                                               std::tie(best->strength, best->by_parser);
    if (better) best = &each;
  }
  if (best == nullptr) return;
  if (!best->shares_channel) return visit(*best);
  for (const FoundProtocol& each : channel.found) {
    if (each.shares_channel) visit(each);
  }
}

/// The way from the flow down to a channel, as far as it matters for choosing one.
struct Path {
  const FoundProtocol* innermost = nullptr;
  const FoundProtocol* messaging = nullptr;  ///< the innermost such
  size_t length = 0;
  bool goes_on = false;  ///< in an inner channel, with which it does not compete

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

/// Channels come after their parents, so one pass forward finds every path.
size_t best_channel(std::span<const ChannelSummary> channels, std::vector<Path>& paths) {
  for (const ChannelSummary& channel : channels) {
    Path* const above = channel.parent ? &paths[*channel.parent] : nullptr;
    Path path = above == nullptr ? Path{} : *above;
    path.goes_on = false;
    visit_protocols(channel, [&](const FoundProtocol& each) { path.add(each); });
    if (above != nullptr && path.length > above->length) above->goes_on = true;
    paths.push_back(path);
  }
  size_t best = 0;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (paths[i].goes_on) continue;
    if (paths[best].goes_on || paths[best].rank() < paths[i].rank()) best = i;
  }
  return best;
}

/// The protocols down to a channel; the path is walked upwards, so they are put in from behind.
void fill_stack(std::span<const ChannelSummary> channels, size_t at, Verdict& verdict) {
  for (std::optional<uint32_t> channel = static_cast<uint32_t>(at); channel;
       channel = channels[*channel].parent) {
    size_t place = 1;  // behind the transport
    visit_protocols(channels[*channel], [&](const FoundProtocol& each) {
      verdict.stack.insert(verdict.stack.begin() + static_cast<ptrdiff_t>(place++), each.name);
    });
  }
}

/// Pieces are few and mostly in order already; std::stable_sort asks for memory each time.
void sort_by_strength(std::vector<Evidence>& evidence) {
  const auto stronger = [](const Evidence& a, const Evidence& b) { return a.strength > b.strength; };
  for (auto each = evidence.begin(); each != evidence.end(); ++each) {
    std::rotate(std::upper_bound(evidence.begin(), each, *each, stronger), each, std::next(each));
  }
}

}  // namespace

std::optional<Application> application_of(const std::vector<Evidence>& evidence,
                                          const SignatureSet& signatures) {
  std::optional<Application> best;
  for (const Evidence& each : evidence) {
    const Signature* signature = signatures.find(each.supports);
    if (signature == nullptr || signature->app.empty()) continue;
    const bool better = !best || each.strength > best->strength ||
                        (each.strength == best->strength && each.basis < best->basis);
    if (better) best = Application{signature->app, each.strength, each.basis};
  }
  return best;
}

Verdict judge(std::span<const ChannelSummary> channels, std::vector<Evidence> evidence,
              const SignatureSet& signatures, Transport transport) {
  Verdict verdict;
  std::vector<Path> paths;
  paths.reserve(channels.size());
  const size_t best = best_channel(channels, paths);
  verdict.stack.reserve(1 + (paths.empty() ? 0 : paths[best].length));
  verdict.stack.emplace_back(transport == Transport::tcp ? "tcp" : "udp");
  if (!paths.empty()) {
    fill_stack(channels, best, verdict);
    if (const FoundProtocol* label = paths[best].label()) {
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
