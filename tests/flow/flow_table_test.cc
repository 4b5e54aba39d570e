#include "flow/flow_table.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "flow/packets.h"

namespace {

using namespace parlance;
using namespace parlance::flow;

using Table = FlowTable<std::string>;

FlowKey key(uint32_t number) {
  const uint8_t address[4] = {10, static_cast<uint8_t>(number >> 16),
                              static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
  return FlowKey::of(FiveTuple{{IpAddress::v4(address), 1000}, endpoint(2, 443), Transport::tcp});
}

Table::Found put(Table& table, uint32_t number) {
  return table.find_or_insert(table.hash(key(number)), key(number), std::to_string(number));
}

// ---- keys
// ----------------------------------------------------------------------------------------

TEST(FlowKey, is_the_same_for_both_directions) {
  PacketMaker make;
  EXPECT_EQ(FlowKey::of(make.from_client(0, 0)), FlowKey::of(make.from_server(0, 0)));
  EXPECT_EQ(FlowKey::of(make.from_client(0, 0)), FlowKey::of(make.from_client(0, 0).tuple));
}

TEST(FlowKey, tells_ports_transports_and_versions_apart) {
  const FlowKey tcp = FlowKey::of(FiveTuple{endpoint(1, 1000), endpoint(2, 443), Transport::tcp});
  EXPECT_NE(tcp, FlowKey::of(FiveTuple{endpoint(1, 1001), endpoint(2, 443), Transport::tcp}));
  EXPECT_NE(tcp, FlowKey::of(FiveTuple{endpoint(1, 443), endpoint(2, 1000), Transport::tcp}));
  EXPECT_NE(tcp, FlowKey::of(FiveTuple{endpoint(1, 1000), endpoint(2, 443), Transport::udp}));
  FiveTuple six{endpoint(1, 1000), endpoint(2, 443), Transport::tcp};
  six.source.address.version = six.destination.address.version = 6;
  EXPECT_NE(tcp, FlowKey::of(six));
}

TEST(FlowKey, tells_vlans_apart_only_when_asked) {
  PacketMaker make;
  DecodedPacket plain = make.from_client(0, 0), tagged = make.from_client(0, 0);
  tagged.vlan_count = 1;  // VLAN 0
  EXPECT_EQ(FlowKey::of(plain), FlowKey::of(tagged));
  EXPECT_NE(FlowKey::of(plain, true), FlowKey::of(tagged, true));
}

TEST(FlowHasher, differs_from_seed_to_seed_and_spreads_its_bits) {
  const FlowHasher one(1), same(1), other(2);
  EXPECT_EQ(one(key(7)), same(key(7)));
  EXPECT_NE(one(key(7)), other(key(7)));
  int flips = 0;
  for (uint32_t i = 0; i < 1000; ++i)
    flips += __builtin_popcountll(one(key(2 * i)) ^ one(key(2 * i + 1)));
  EXPECT_NEAR(flips / 1000.0, 32.0, 1.0);
}

// ---- finding
// -------------------------------------------------------------------------------------

TEST(FlowTable, finds_what_was_inserted_and_nothing_else) {
  Table table(FlowHasher(1));
  const Table::Found made = put(table, 1);
  EXPECT_TRUE(made.inserted);
  EXPECT_EQ(table[made.index], "1");
  EXPECT_FALSE(put(table, 1).inserted);
  EXPECT_EQ(put(table, 1).index, made.index);
  EXPECT_FALSE(table.find(table.hash(key(2)), key(2)));
  EXPECT_EQ(table.size(), 1u);
}

TEST(FlowTable, entries_do_not_move_as_it_grows) {
  Table table(FlowHasher(1));
  const std::string* first = &table[put(table, 0).index];
  for (uint32_t i = 1; i < 5000; ++i) put(table, i);
  EXPECT_EQ(first, &table[put(table, 0).index]);
  EXPECT_EQ(table.size(), 5000u);
}

TEST(FlowTable, replaces_an_entry_in_its_place) {
  Table table(FlowHasher(1));
  const Table::Found made = put(table, 1);
  EXPECT_EQ(table.replace(made.index, "again"), "again");
  EXPECT_EQ(table[put(table, 1).index], "again");
}

TEST(FlowTable, agrees_with_a_map_through_a_hundred_thousand_insertions_and_deletions) {
  for (const uint64_t seed : {1u, 2u, 3u}) {
    Table table((FlowHasher(seed)));
    std::map<uint32_t, Table::Index> model;
    std::mt19937 random(static_cast<uint32_t>(seed));
    for (int i = 0; i < 100'000; ++i) {
      const auto number = static_cast<uint32_t>(random() % 700);
      const auto known = model.find(number);
      if (known != model.end() && random() % 2 == 0) {
        table.erase(known->second);
        model.erase(known);
        continue;
      }
      const Table::Found found = put(table, number);
      ASSERT_EQ(found.inserted, known == model.end());
      if (known != model.end()) {
        ASSERT_EQ(found.index, known->second);
      }
      model[number] = found.index;
    }
    ASSERT_EQ(table.size(), model.size());
    for (const auto& [number, index] : model) ASSERT_EQ(table[index], std::to_string(number));
  }
}

// ---- ageing
// --------------------------------------------------------------------------------------

struct Aged {
  Table table{FlowHasher(5)};
  Table::Index add(uint32_t number, int64_t seconds, TimeoutClass timeout_class,
                   Worth worth = Worth::undecided) {
    const Table::Index index = put(table, number).index;
    table.touch(index, {seconds * kSecond}, timeout_class, worth);
    return index;
  }
  std::vector<std::string> expire(int64_t seconds) {
    std::vector<std::string> gone;
    std::vector<Table::Index> due;
    table.visit_due({seconds * kSecond}, Timeouts{}, [&](Table::Index i) { due.push_back(i); });
    for (const Table::Index i : due) {
      gone.push_back(table[i]);
      table.erase(i);
    }
    return gone;
  }
};

TEST(FlowTable, expires_by_class_the_oldest_first) {
  Aged aged;
  aged.add(1, 0, TimeoutClass::udp_one_way);
  aged.add(2, 10, TimeoutClass::udp_one_way);
  aged.add(3, 0, TimeoutClass::tcp_established);
  EXPECT_TRUE(aged.expire(60).empty());
  EXPECT_EQ(aged.expire(61), std::vector<std::string>{"1"});
  EXPECT_EQ(aged.expire(3599), std::vector<std::string>{"2"});
  EXPECT_EQ(aged.expire(3601), std::vector<std::string>{"3"});
  EXPECT_TRUE(aged.table.empty());
}

TEST(FlowTable, a_packet_keeps_a_flow_alive) {
  Aged aged;
  const Table::Index first = aged.add(1, 0, TimeoutClass::udp);
  aged.add(2, 1, TimeoutClass::udp);
  aged.table.touch(first, {100 * kSecond}, TimeoutClass::udp, Worth::undecided);
  EXPECT_EQ(aged.expire(182), std::vector<std::string>{"2"});
  EXPECT_EQ(aged.expire(281), std::vector<std::string>{"1"});
}

TEST(FlowTable, a_flow_with_a_late_packet_hides_none_that_is_due_behind_it) {
  Aged aged;
  const Table::Index first = aged.add(1, 0, TimeoutClass::udp);
  aged.add(2, 1, TimeoutClass::udp);
  // Too soon after the first packet for the flow to change its place.
  aged.table.touch(first, {10 * kSecond}, TimeoutClass::udp, Worth::undecided);
  EXPECT_EQ(aged.expire(182), std::vector<std::string>{"2"});
  EXPECT_EQ(aged.expire(191), std::vector<std::string>{"1"});
}

TEST(FlowTable, gives_up_flows_without_payload_first_then_decided_then_the_oldest) {
  Aged aged;
  aged.add(1, 0, TimeoutClass::tcp_established, Worth::undecided);
  aged.add(2, 1, TimeoutClass::udp, Worth::decided);
  aged.add(3, 5, TimeoutClass::tcp_opening, Worth::bare);
  aged.add(4, 4, TimeoutClass::udp_one_way, Worth::bare);
  std::string order;
  while (const auto index = aged.table.least_worth()) {
    order += aged.table[*index];
    aged.table.erase(*index);
  }
  EXPECT_EQ(order, "4321");
}

TEST(FlowTable, the_order_in_which_it_names_flows_does_not_depend_on_the_seed) {
  std::vector<std::string> orders[2];
  for (const size_t run : {0u, 1u}) {
    Table table(FlowHasher(run * 77));
    for (uint32_t i = 0; i < 600; ++i)
      table.touch(put(table, i).index, {0}, TimeoutClass::udp, Worth::bare);
    for (uint32_t i = 0; i < 600; i += 3) table.erase(put(table, i).index);
    for (uint32_t i = 1000; i < 1100; ++i) put(table, i);
    table.for_each([&](Table::Index index) { orders[run].push_back(table[index]); });
    table.visit_due({1000 * kSecond}, Timeouts{},
                    [&](Table::Index index) { orders[run].push_back(table[index]); });
  }
  EXPECT_EQ(orders[0].size(), 1000u);
  EXPECT_EQ(orders[0], orders[1]);
}

}  // namespace
