#include "verdict/judge.h"

#include <algorithm>
#include <tuple>

namespace parlance::verdict {
namespace {

/// The protocols of one channel that go into a stack, outermost first.
std::vector<const FoundProtocol*> protocols_of(const ChannelSummary& channel) {
  std::vector<const FoundProtocol*> sharing;
  const FoundProtocol* best = nullptr;
  for (const FoundProtocol& each : channel.found) {
    if (each.shares_channel) sharing.push_back(&each);
    const bool better = best == nullptr || std::tie(each.strength, each.by_parser) >
                                               std::tie(best->strength, best->by_parser);
    if (better) best = &each;
  }
  if (best == nullptr || best->shares_channel) return sharing;
  return {best};
}

struct Path {
  std::vector<const FoundProtocol*> protocols;
  bool messaging = false;
  Strength strength = Strength::none;  ///< of the protocol that the label names

  auto rank() const { return std::make_tuple(messaging, strength, protocols.size()); }
};

/// The protocol that a label names: the innermost messaging one, else the innermost.
const FoundProtocol* label_of(const Path& path) {
  for (auto each = path.protocols.rbegin(); each != path.protocols.rend(); ++each) {
    if (is_messaging((*each)->protocol_class)) return *each;
  }
  return path.protocols.empty() ? nullptr : path.protocols.back();
}

Path path_of(const Path* above, const ChannelSummary& channel) {
  Path path = above == nullptr ? Path{} : *above;
  for (const FoundProtocol* each : protocols_of(channel)) path.protocols.push_back(each);
  if (const FoundProtocol* label = label_of(path)) {
    path.messaging = is_messaging(label->protocol_class);
    path.strength = label->strength;
  }
  return path;
}

/// Channels come after their parents, so one pass forward finds every path. A path that goes on in an
/// inner channel does not compete with its own continuation.
Path best_path(const std::vector<ChannelSummary>& channels) {
  std::vector<Path> paths;
  std::vector<bool> goes_on(channels.size(), false);
  for (const ChannelSummary& channel : channels) {
    const Path* above = channel.parent ? &paths[*channel.parent] : nullptr;
    Path path = path_of(above, channel);
    if (above != nullptr && path.protocols.size() > above->protocols.size()) {
      goes_on[*channel.parent] = true;
    }
    paths.push_back(std::move(path));
  }
  if (paths.empty()) return {};
  size_t best = 0;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (goes_on[i]) continue;
    if (goes_on[best] || paths[best].rank() < paths[i].rank()) best = i;
  }
  return std::move(paths[best]);
}

void sort_by_strength(std::vector<Evidence>& evidence) {
  std::stable_sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
    return a.strength > b.strength;
  });
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

Verdict judge(std::vector<ChannelSummary> channels, std::vector<Evidence> evidence,
              const SignatureSet& signatures, Transport transport) {
  Verdict verdict;
  verdict.stack.emplace_back(transport == Transport::tcp ? "tcp" : "udp");
  const Path path = best_path(channels);
  for (const FoundProtocol* each : path.protocols) verdict.stack.push_back(each->name);
  if (const FoundProtocol* label = label_of(path)) {
    verdict.protocol = label->name;
    verdict.protocol_class = label->protocol_class;
    verdict.strength = label->strength;
  }
  sort_by_strength(evidence);
  verdict.app = application_of(evidence, signatures);
  for (const ChannelSummary& channel : channels) {
    verdict.ruled_out.insert(verdict.ruled_out.end(), channel.ruled_out.begin(),
                             channel.ruled_out.end());
  }
  verdict.evidence = std::move(evidence);
  verdict.channels = std::move(channels);
  return verdict;
}

}  // namespace parlance::verdict
