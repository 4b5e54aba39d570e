// A conversation keeps its labels however its octets travel: every capture of pcaps/ is rewritten
// in many ways, and each flow must be told the same.
#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/labels.h"
#include "support/mutate.h"
#include "support/run_program.h"

namespace parlance::test {
namespace {

/// What must stay the same.
struct Told {
  std::string flow;
  std::string stack;
  std::string app;
  Strength strength = Strength::none;

  std::string text() const {
    return fmt::format("{}: {} ({}), app {}", flow, stack, name_of(strength), app);
  }
};

using EndpointText = std::function<std::string(const Endpoint&)>;
std::string as_it_is(const Endpoint& endpoint) {
  return to_text(endpoint);
}

std::string stack_of(const FlowRecord& record) {
  return fmt::format("{}", fmt::join(record.verdict.stack, " / "));
}

std::string app_of(const FlowRecord& record) {
  const auto& app = record.verdict.app;
  if (!app) return "-";
  return fmt::format("{} by {} of {}", app->name, name_of(app->strength), name_of(app->basis));
}

std::vector<Told> told_of(const std::vector<FlowRecord>& records, const EndpointText& text) {
  std::vector<Told> all;
  for (const FlowRecord& each : records) {
    const char* transport = each.transport == Transport::tcp ? "tcp" : "udp";
    all.push_back({fmt::format("{} {} > {}", transport, text(each.client), text(each.server)),
                   stack_of(each), app_of(each), each.verdict.strength});
  }
  return all;
}

/// "- what was told before" and "+ what is told now", where the two disagree.
std::string differences(const std::vector<Told>& before, const std::vector<Told>& now) {
  std::map<std::string, int> surplus;
  for (const Told& each : before) --surplus[each.text()];
  for (const Told& each : now) ++surplus[each.text()];
  std::string text;
  for (const auto& [line, count] : surplus) {
    if (count != 0) text += fmt::format("{} {}\n", count < 0 ? '-' : '+', line);
  }
  return text;
}

/// Runs `check(original, frames)` on each capture; the original has right checksums, whole TCP and
/// UDP packets only and no secrets, as all others will.
void for_each_capture(
    const std::function<void(const std::vector<FlowRecord>&, const Frames&)>& check) {
  const std::vector<std::string> captures = property_captures();
  if (captures.empty()) GTEST_SKIP() << "there are no captures";
  for (const std::string& capture : captures) {
    SCOPED_TRACE(capture);
    const Frames frames = tidied(read_frames(capture));
    const std::string file = scratch_file("original.pcapng");
    write_frames(file, frames, {.pcapng = true});
    check(records_of(file), frames);
  }
}

std::vector<FlowRecord> records_of_frames(const Frames& frames, const FileForm& form = {true}) {
  const std::string file = scratch_file("rewritten.pcapng");
  write_frames(file, frames, form);
  return records_of(file);
}

std::vector<Mutation> faithful_mutations() {
  std::vector<Mutation> all(stream_mutations().begin(), stream_mutations().end());
  all.insert(all.end(), carrier_mutations().begin(), carrier_mutations().end());
  return all;
}

class Mutated : public testing::TestWithParam<Mutation> {};

TEST_P(Mutated, captures_keep_every_label) {
  for_each_capture([](const std::vector<FlowRecord>& original, const Frames& frames) {
    const auto rewritten = records_of_frames(GetParam().apply(frames));
    EXPECT_EQ(differences(told_of(original, as_it_is), told_of(rewritten, as_it_is)), "");
  });
}

INSTANTIATE_TEST_SUITE_P(Wire, Mutated, testing::ValuesIn(faithful_mutations()),
                         [](const auto& each) { return std::string(each.param.name); });

struct NamedForm {
  const char* name;
  FileForm form;
};
void PrintTo(const NamedForm& named, std::ostream* out) {
  *out << named.name;
}
class Stored : public testing::TestWithParam<NamedForm> {};

TEST_P(Stored, captures_keep_every_label) {
  for_each_capture([](const std::vector<FlowRecord>& original, const Frames& frames) {
    const auto rewritten = records_of_frames(frames, GetParam().form);
    EXPECT_EQ(differences(told_of(original, as_it_is), told_of(rewritten, as_it_is)), "");
  });
}

constexpr NamedForm kForms[] = {
    {"pcap", {}},
    {"pcap_big_endian", {.big_endian = true}},
    {"pcap_nanoseconds", {.nanoseconds = true}},
    {"pcap_big_endian_nanoseconds", {.big_endian = true, .nanoseconds = true}},
    {"pcap_modified", {.modified = true}},
    {"pcapng_big_endian", {.pcapng = true, .big_endian = true}},
    {"pcapng_nanoseconds", {.pcapng = true, .nanoseconds = true}},
};
INSTANTIATE_TEST_SUITE_P(File, Stored, testing::ValuesIn(kForms),
                         [](const auto& each) { return std::string(each.param.name); });

// ---- where something that labels rest on changes, and what must stay all the same ----

std::string v6_text(const Endpoint& endpoint) {
  Endpoint moved = endpoint;
  if (endpoint.address.version == 4) {
    moved.address = {};
    moved.address.version = 6;
    const std::array<uint8_t, 4> prefix = {0x00, 0x64, 0xff, 0x9b};
    std::copy(prefix.begin(), prefix.end(), moved.address.octets.begin());
    std::copy_n(endpoint.address.octets.begin(), 4, moved.address.octets.begin() + 12);
  }
  return to_text(moved);
}

/// An application known by something that the rewriting took away.
std::vector<FlowRecord> without_apps_by(std::vector<FlowRecord> records,
                                        std::initializer_list<Basis> bases) {
  for (FlowRecord& each : records) {
    auto& app = each.verdict.app;
    if (app && std::find(bases.begin(), bases.end(), app->basis) != bases.end()) app.reset();
  }
  return records;
}

// DNS answers go on naming IPv4 addresses, so names that came from them are lost.
TEST(MovedToIpv6, captures_keep_labels_by_payload) {
  for_each_capture([](const std::vector<FlowRecord>& original, const Frames& frames) {
    const auto lost = {Basis::dns, Basis::address};
    const auto moved = without_apps_by(records_of_frames(as_ipv6(frames)), lost);
    EXPECT_EQ(
        differences(told_of(without_apps_by(original, lost), v6_text), told_of(moved, as_it_is)),
        "");
  });
}

/// Of messages alike, only the port tells the relatives of DNS from it; and it is by ports that who
/// is the client is guessed where no SYN was captured.
std::vector<FlowRecord> without_words_of_ports(std::vector<FlowRecord> records) {
  for (FlowRecord& each : records) {
    for (std::string_view& name : each.verdict.stack) {
      if (name == "mdns" || name == "llmnr" || name == "nbns") name = "dns";
    }
    const bool guessed = each.direction_basis >= DirectionBasis::port;
    if (guessed && each.server.address < each.client.address) std::swap(each.client, each.server);
  }
  return without_apps_by(std::move(records), {Basis::port});
}

// A port is never more than a hint.
TEST(OnOtherPorts, captures_keep_labels_by_payload) {
  const auto text = [](const Endpoint& endpoint) {
    return to_text(Endpoint{endpoint.address, other_port(endpoint.port)});
  };
  for_each_capture([&](const std::vector<FlowRecord>& original, const Frames& frames) {
    const auto moved = without_words_of_ports(records_of_frames(with_other_ports(frames)));
    EXPECT_EQ(
        differences(told_of(without_words_of_ports(original), text), told_of(moved, as_it_is)), "");
  });
}

/// Without a SYN, who is the client is told by the payload or guessed; and a flow that never
/// carried payload may be gone altogether.
std::vector<FlowRecord> with_payload_between_ends(std::vector<FlowRecord> records) {
  std::erase_if(records, [](const FlowRecord& each) {
    return each.counters[0].payload_octets + each.counters[1].payload_octets == 0;
  });
  for (FlowRecord& each : records) {
    if (each.server < each.client) std::swap(each.client, each.server);
  }
  return records;
}

class PickedUp : public testing::TestWithParam<Mutation> {};

TEST_P(PickedUp, captures_keep_labels_of_flows_with_payload) {
  for_each_capture([](const std::vector<FlowRecord>& original, const Frames& frames) {
    const auto cut = records_of_frames(GetParam().apply(frames));
    EXPECT_EQ(differences(told_of(with_payload_between_ends(original), as_it_is),
                          told_of(with_payload_between_ends(cut), as_it_is)),
              "");
  });
}

constexpr Mutation kPickUps[] = {{"without_syns", without_syns},
                                 {"without_handshakes", without_handshakes}};
INSTANTIATE_TEST_SUITE_P(Midstream, PickedUp, testing::ValuesIn(kPickUps),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace parlance::test
