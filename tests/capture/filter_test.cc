#include "capture/filter.h"

#include <array>

#include <gtest/gtest.h>

#include "capture/capture_bytes.h"

namespace parlance::capture {
namespace {

// An IPv4 header (UDP, 10.0.0.1 to 10.0.0.2) and a UDP header with these ports.
std::string datagram(uint8_t source_port, uint8_t destination_port) {
  std::string octets("\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02", 20);
  octets += std::string{0, static_cast<char>(source_port), 0, static_cast<char>(destination_port)};
  octets += std::string("\0\x08\0\0", 4);
  return octets;
}

bool passes(Filter& filter, const std::string& octets, int link_type) {
  RawPacket packet;
  packet.octets = as_bytes(octets);
  packet.original_length = static_cast<uint32_t>(octets.size());
  packet.link_type = link_type;
  return filter.passes(packet);
}

TEST(Filter, runs_on_packets_of_each_link_type) {
  auto filter = Filter::parse("udp port 53");
  ASSERT_TRUE(filter) << filter.error().text();
  const std::string ethernet = std::string(12, '\0') + std::string("\x08\0", 2);
  EXPECT_TRUE(passes(*filter, ethernet + datagram(53, 9), 1));
  EXPECT_FALSE(passes(*filter, ethernet + datagram(54, 9), 1));
  EXPECT_TRUE(passes(*filter, datagram(9, 53), 101)) << "raw IP as files number it";
  EXPECT_TRUE(passes(*filter, datagram(9, 53), 12)) << "raw IP as libpcap numbers it";
  EXPECT_FALSE(passes(*filter, datagram(9, 54), 101));
  EXPECT_FALSE(passes(*filter, datagram(9, 53), 65000)) << "a link type that libpcap does not know";
}

TEST(Filter, is_checked_before_anything_is_read) {
  const auto wrong = Filter::parse("port and and");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().where.find("port and and"), std::string::npos);
  EXPECT_FALSE(Filter::parse("host no.such.name.invalid"));
}

TEST(Filter, may_use_words_that_ethernet_does_not_have) {
  EXPECT_TRUE(Filter::parse("type mgt subtype beacon"));
  EXPECT_TRUE(Filter::parse("inbound"));
}

TEST(Filter, lets_everything_pass_if_it_is_empty) {
  auto filter = Filter::parse("");
  ASSERT_TRUE(filter);
  EXPECT_TRUE(passes(*filter, "", 65000));
}

TEST(Filter, is_read_from_a_file) {
  const TemporaryFile file("tcp\nand port 5222\n");
  const auto text = read_filter_file(file.path());
  ASSERT_TRUE(text);
  EXPECT_TRUE(Filter::parse(*text));
  EXPECT_FALSE(read_filter_file("/nonexistent/filter"));
}

TEST(LinkTypeName, is_libpcaps_with_the_number_of_the_file) {
  EXPECT_EQ(link_type_name(1), "1 (EN10MB)");
  EXPECT_EQ(link_type_name(101), "101 (RAW)");
  EXPECT_EQ(link_type_name(65000), "65000");
}

}  // namespace
}  // namespace parlance::capture
