// Octets of chance are no protocol. Heads of TCP connections and datagrams, uniformly random or
// with no more than a format's shape, go through all signatures and parsers: none of them may be
// proof of anything, and of those of messaging one in a million may be strong.
//
// PARLANCE_RANDOM_HEADS says how many heads, if not the usual number. Ten million are some minutes:
//   PARLANCE_RANDOM_HEADS=10000000 build/release/tests/parlance_tests --gtest_filter='RandomHeads*'
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "inspect/conversation.h"
#include "protocols/parser.h"
#include "signatures/loader.h"
#include "support/checkout.h"

namespace parlance::test {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr size_t kUsualHeads = 30'000;  // it is ten times slower
#else
constexpr size_t kUsualHeads = 300'000;
#endif
constexpr double kStrongOfMessaging = 1e-6;  // of all heads, at most

size_t heads_wanted() {
  const char* wanted = std::getenv("PARLANCE_RANDOM_HEADS");
  return wanted == nullptr ? kUsualHeads : std::strtoull(wanted, nullptr, 10);
}

const SignatureSet& own_signatures() {
  static const std::unique_ptr<SignatureSet> kSet = [] {
    const std::string source = source_folder();
    Loaded loaded = load_signatures(
        {source + "/signatures"},
        {[](std::string_view name) { return find_parser(name) != nullptr; }, source + "/pcaps"});
    return *SignatureSet::build(std::move(loaded.signatures), "");
  }();
  return *kSet;
}

struct Portion {
  Direction direction;
  std::vector<uint8_t> octets;
};
struct Head {
  Transport transport = Transport::tcp;
  bool midstream = false;
  std::vector<Portion> portions;
};

/// The same numbers in every run.
class Chance {
 public:
  explicit Chance(uint64_t seed) : numbers_(seed) {}
  size_t below(size_t bound) { return numbers_() % bound; }
  size_t between(size_t least, size_t most) { return least + below(most - least + 1); }
  void fill(std::vector<uint8_t>& octets, size_t count) {
    octets.resize(count);
    for (size_t at = 0; at < count; at += sizeof(uint64_t)) {
      const uint64_t word = numbers_();
      std::memcpy(octets.data() + at, &word, std::min(count - at, sizeof word));
    }
  }

 private:
  std::mt19937_64 numbers_;
};

/// A few portions of chance in both directions, the client's first.
void make_uniform(Chance& chance, Head& head) {
  const bool tcp = head.transport == Transport::tcp;
  head.portions.resize(tcp ? chance.between(2, 4) : chance.between(2, 8));
  for (size_t i = 0; i < head.portions.size(); ++i) {
    head.portions[i].direction = static_cast<Direction>(i % 2);
    chance.fill(head.portions[i].octets, tcp ? chance.between(1, 600) : chance.between(1, 200));
  }
}

/// How frames say their length: in so many octets, behind so many that stay the same.
struct Framing {
  size_t before, width;
  bool little_endian, counts_itself;
};

void put_length(std::vector<uint8_t>& octets, const Framing& framing) {
  size_t length = octets.size() - (framing.counts_itself ? 0 : framing.before + framing.width);
  for (size_t i = 0; i < framing.width; ++i) {
    const size_t place = framing.little_endian ? i : framing.width - 1 - i;
    octets[framing.before + place] = static_cast<uint8_t>(length);
    length >>= 8;
  }
}

/// Chains of frames whose lengths are right and whose contents are chance, as encrypted protocols
/// are.
void make_framed(Chance& chance, Head& head) {
  make_uniform(chance, head);
  const Framing framing{chance.below(4), chance.between(1, 4), chance.below(2) == 0,
                        chance.below(2) == 0};
  uint8_t kinds[3];
  for (uint8_t& each : kinds) each = static_cast<uint8_t>(chance.below(chance.below(2) ? 256 : 32));
  const size_t most = framing.width == 1 ? 250 : 400;
  for (Portion& portion : head.portions) {
    std::vector<uint8_t> joined, frame;
    const size_t frames = head.transport == Transport::tcp ? chance.between(1, 4) : 1;
    for (size_t i = 0; i < frames; ++i) {
      chance.fill(frame, chance.between(framing.before + framing.width, most));
      std::copy_n(kinds, framing.before, frame.begin());
      put_length(frame, framing);
      joined.insert(joined.end(), frame.begin(), frame.end());
    }
    portion.octets = std::move(joined);
  }
}

/// A pattern that looks at the beginning, as the octets that it wants there.
struct Opening {
  const Signature* signature;
  Transport transport;
  From from;
  size_t at;
  LeadSets octets;
};

std::vector<Opening> openings() {
  std::vector<Opening> all;
  for (const Signature& signature : own_signatures().signatures()) {
    for (const Pattern& pattern : signature.patterns) {
      if (pattern.is_field() || !pattern.at) continue;
      const bool datagrams = pattern.buffer == "message";
      if (!signature.stands_on(datagrams ? Carrier::udp : Carrier::tcp)) continue;
      all.push_back({&signature, datagrams ? Transport::udp : Transport::tcp, pattern.from,
                     pattern.at->first, lead_sets_of(pattern.expression, pattern.ignore_case)});
    }
  }
  return all;
}

void put_opening(Chance& chance, const Opening& opening, std::vector<uint8_t>& octets) {
  for (size_t i = 0; i < opening.octets.size() && opening.at + i < octets.size(); ++i) {
    const OctetSet& allowed = opening.octets[i];
    if (allowed.all() || allowed.none()) continue;
    uint8_t& octet = octets[opening.at + i];
    while (!allowed[octet]) octet = static_cast<uint8_t>(chance.below(256));
  }
}

/// What a pattern wants at the beginning, and chance behind it.
void make_opened(Chance& chance, const Opening& opening, Head& head) {
  head.transport = opening.transport;
  make_uniform(chance, head);
  for (Portion& portion : head.portions) {
    const bool client = portion.direction == Direction::to_server;
    if (opening.from == From::either || client == (opening.from == From::client)) {
      put_opening(chance, opening, portion.octets);
    }
  }
}

/// How often what was said at which strength, by the name of its evidence.
class Tally {
 public:
  void add(const inspect::Conversation& walk) {
    ++heads_;
    for (const Evidence& each : walk.evidence()) {
      if (each.strength < Strength::strong) continue;
      Count& count = counts_[fmt::format("{} ({})", each.rule(), name_of(each.strength))];
      count.strength = each.strength;
      count.messaging = is_messaging(own_signatures().find(each.supports)->protocol_class);
      ++count.times;
    }
  }

  size_t heads() const { return heads_; }
  size_t of(Strength strength, bool messaging_only) const {
    size_t sum = 0;
    for (const auto& [rule, count] : counts_) {
      if (count.strength == strength && (count.messaging || !messaging_only)) sum += count.times;
    }
    return sum;
  }
  /// A line a rule.
  std::string text() const {
    std::string all = fmt::format("{} heads\n", heads_);
    for (const auto& [rule, count] : counts_) all += fmt::format("{}: {}\n", rule, count.times);
    return all;
  }

 private:
  struct Count {
    Strength strength = Strength::none;
    bool messaging = false;
    size_t times = 0;
  };
  size_t heads_ = 0;
  std::map<std::string, Count> counts_;
};

class RandomHeads : public testing::Test {
 protected:
  /// Makes and walks `count` heads; `make` is given the number of each.
  template <class Make>
  Tally walk(size_t count, uint64_t seed, Make make) {
    Tally tally;
    Chance chance(seed);
    inspect::Workbench bench(own_signatures(), limits_);
    bench.keep_channels = false;
    Head head;
    for (size_t i = 0; i < count; ++i) {
      head.transport = i % 2 == 0 ? Transport::tcp : Transport::udp;
      head.midstream = i % 4 == 0;
      make(chance, head, i);
      walk_one(bench, head, chance, tally);
    }
    return tally;
  }

 private:
  void walk_one(inspect::Workbench& bench, const Head& head, Chance& chance, Tally& tally) {
    // Well-known ports, too: they may decide together with what is weak alone.
    static constexpr uint16_t kPorts[] = {443, 80, 53, 1863, 3478, 5060, 5222, 5223, 8080, 40000};
    inspect::FlowFacts facts;
    facts.tuple = {{IpAddress{{10, 0, 0, 1}, 4}, 50000},
                   {IpAddress{{10, 0, 0, 2}, 4}, kPorts[chance.below(std::size(kPorts))]},
                   head.transport};
    facts.midstream = head.midstream;
    facts.direction_known = !head.midstream;
    inspect::Conversation conversation(bench, facts);
    for (const Portion& each : head.portions) {
      ++frame_;
      conversation.deliver(each.direction, each.octets,
                           {frame_, frame_, {static_cast<int64_t>(frame_) * kMillisecond}});
    }
    tally.add(conversation);
    bench.resolutions.clear();
  }

  Limits limits_;
  uint64_t frame_ = 0;
};

/// On demand the counts are shown even where they are good.
void show(const Tally& tally) {
  if (std::getenv("PARLANCE_RANDOM_HEADS") != nullptr) fmt::print("{}", tally.text());
}

void expect_next_to_nothing(const Tally& tally) {
  show(tally);
  const auto allowed =
      static_cast<size_t>(std::max(1.0, kStrongOfMessaging * static_cast<double>(tally.heads())));
  EXPECT_EQ(tally.of(Strength::proof, false), 0U) << tally.text();
  EXPECT_LE(tally.of(Strength::strong, true), allowed) << tally.text();
}

TEST_F(RandomHeads, say_nothing) {
  expect_next_to_nothing(walk(heads_wanted() * 2 / 3, 1, [](Chance& chance, Head& head, size_t) {
    make_uniform(chance, head);
  }));
}

TEST_F(RandomHeads, in_frames_of_right_lengths_say_nothing) {
  expect_next_to_nothing(walk(heads_wanted() / 3, 2, [](Chance& chance, Head& head, size_t) {
    make_framed(chance, head);
  }));
}

/// Behind the octets that a pattern asks for a parser must still see that it is chance.
TEST_F(RandomHeads, behind_an_opening_prove_nothing) {
  const std::vector<Opening> all = openings();
  const size_t count = std::max(heads_wanted() / 10, all.size() * 100);
  const Tally tally = walk(count, 3, [&](Chance& chance, Head& head, size_t i) {
    make_opened(chance, all[i % all.size()], head);
  });
  show(tally);
  EXPECT_EQ(tally.of(Strength::proof, true), 0U) << tally.text();
}

}  // namespace
}  // namespace parlance::test
