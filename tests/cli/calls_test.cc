// Flows of one call, joined: a genuine call of two peers through a relay.
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/run_program.h"

namespace parlance::test {
namespace {

using nlohmann::json;

std::string records(const std::string& threads) {
  return run_parlance({"-r", source_folder() + "/pcaps/turn-webrtc.pcapng", "-o", "json",
                       "--threads", threads})
      .output;
}

/// The first flow of its call by each flow's client port; 0 where it is of none.
std::map<int, uint64_t> calls_in(const std::string& text) {
  std::map<int, uint64_t> calls;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const json record = json::parse(line);
    calls[record["src_port"]] =
        record.contains("call") ? record["call"]["flow_id"].get<uint64_t>() : 0;
  }
  return calls;
}

TEST(Calls, both_peers_flows_to_the_relay_are_of_one_call_and_a_lone_question_is_not) {
  EXPECT_EQ(calls_in(records("1")), (std::map<int, uint64_t>{{44681, 1}, {50433, 1}, {37318, 0}}));
}

TEST(Calls, they_are_joined_alike_by_any_number_of_threads) {
  const std::string by_one = records("1");
  for (const char* threads : {"2", "3"}) EXPECT_EQ(records(threads), by_one);
}

}  // namespace
}  // namespace parlance::test
