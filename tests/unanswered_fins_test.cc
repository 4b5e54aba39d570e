#include "unanswered_fins.h"

#include <gtest/gtest.h>

#include "flow/packets.h"

namespace parlance {
namespace {

using flow::PacketMaker;
using namespace tcp_flag;

TEST(UnansweredFins, are_those_without_an_acknowledgment) {
  PacketMaker make;
  UnansweredFins fins;
  fins.see(make.from_client(kAck, 100, 500, "hello"));
  EXPECT_FALSE(fins.any());
  fins.see(make.from_client(kAck | kFin, 105, 500, "bye"));
  EXPECT_TRUE(fins.any());
  fins.see(make.from_server(kAck, 500, 108));
  EXPECT_TRUE(fins.any()) << "the octets were acknowledged, the FIN behind them was not";
  fins.see(make.from_server(kAck | kFin, 500, 109));
  EXPECT_TRUE(fins.any()) << "the server's own";
  fins.see(make.from_client(kAck, 109, 501));
  EXPECT_FALSE(fins.any());
}

TEST(UnansweredFins, are_not_answered_by_another_flow) {
  PacketMaker make(40000, 5222), other(40001, 5222);
  UnansweredFins fins;
  fins.see(make.from_client(kAck | kFin, 105, 500));
  fins.see(other.from_server(kAck, 500, 106));
  EXPECT_TRUE(fins.any());
}

TEST(UnansweredFins, are_counted_once_when_repeated) {
  PacketMaker make;
  UnansweredFins fins;
  for (int i = 0; i < 3; ++i) fins.see(make.from_client(kAck | kFin, 105, 500));
  fins.see(make.from_server(kAck, 500, 106));
  EXPECT_FALSE(fins.any());
}

TEST(UnansweredFins, include_resets_until_they_are_forgotten) {
  PacketMaker make;
  UnansweredFins fins;
  fins.see(make.from_server(kRst, 500, 0));
  EXPECT_TRUE(fins.any()) << "nobody answers, but what was on its way still comes";
  fins.forget();
  EXPECT_FALSE(fins.any());
}

TEST(UnansweredFins, are_bounded) {
  UnansweredFins fins;
  for (uint16_t port = 1; port < 1000; ++port) {
    PacketMaker make(port, 80);
    fins.see(make.from_client(kAck | kFin, 105, 500));
    fins.see(make.from_server(kAck, 500, 106));
  }
  EXPECT_FALSE(fins.any());
  for (uint16_t port = 1; port < 1000; ++port) {
    fins.see(PacketMaker(port, 80).from_client(kAck | kFin, 105, 500));
  }
  for (uint16_t port = 1; port < 1000; ++port) {
    fins.see(PacketMaker(port, 80).from_server(kAck, 500, 106));
  }
  EXPECT_TRUE(fins.any()) << "not all could be remembered";
}

}  // namespace
}  // namespace parlance
