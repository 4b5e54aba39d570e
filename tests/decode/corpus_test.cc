// A capture of each link type and chain of carriers, from a folder that is not part of the project.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "capture/file_source.h"
#include "decode/decoder.h"

namespace parlance::decode {
namespace {

// Encrypted, or quoted by an ICMP error: these make no flows.
bool is_out_of_reach(const std::string& chain) {
  return chain.find(":wg:") != std::string::npos ||
         chain.find(":icmpv6:ipv6") != std::string::npos || chain == "ip:icmp:ip" ||
         chain == "sll:ip:icmp:ip";
}

std::string name_of(const Endpoint& endpoint) {
  return to_text(endpoint.address) + ":" + std::to_string(endpoint.port);
}

// An endpoint as the list writes it, made text as ours are.
std::string normal_endpoint(const std::string& listed) {
  const size_t colon = listed.rfind(':');
  const std::string address = listed.substr(0, colon), port = listed.substr(colon);
  std::array<uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) != 1) return listed;
  return to_text(IpAddress::v6(octets)) + port;
}

std::string normal_flow(const std::string& listed) {
  const size_t arrow = listed.find('>');
  return normal_endpoint(listed.substr(0, arrow)) + ">" + normal_endpoint(listed.substr(arrow + 1));
}

// Every beginning of a packet in a buffer of just its size, so that a read behind it is found.
void decode_beginnings(Decoder& decoder, const RawPacket& packet) {
  for (size_t length = 0; length < std::min<size_t>(packet.octets.size(), 400); ++length) {
    const std::vector<uint8_t> octets(packet.octets.begin(),
                                      packet.octets.begin() + static_cast<ptrdiff_t>(length));
    RawPacket cut = packet;
    cut.octets = octets;
    DecodedPacket out;
    decoder.decode(cut, out);
  }
}

std::set<std::string> flows_of(const std::string& path) {
  const Limits limits;
  std::set<std::string> flows;
  const auto source = capture::FileSource::open(path, 0, limits, false);
  if (!source) return flows;
  Decoder decoder(limits, Checksums::all), cutting(limits, Checksums::automatic);
  std::array<RawPacket, 64> batch;
  size_t count = 0;
  while ((*source)->next(batch, count) == capture::Next::packets) {
    for (const RawPacket& packet : std::span(batch).first(count)) {
      if (packet.frame <= 30) decode_beginnings(cutting, packet);
      DecodedPacket out;
      if (decoder.decode(packet, out) != Outcome::packet) continue;
      flows.insert(name_of(out.tuple.source) + ">" + name_of(out.tuple.destination));
    }
  }
  return flows;
}

TEST(DecodeCorpus, finds_the_inner_flow_of_every_chain) {
  const char* corpus = std::getenv("PARLANCE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "PARLANCE_CORPUS names no folder";
  std::ifstream list(std::string(corpus) + "/linktypes.tsv");
  std::string line;
  std::getline(list, line);
  size_t rows = 0;
  while (std::getline(list, line)) {
    std::istringstream fields(line);
    std::array<std::string, 7> field;  // link type, chain, format, file, packets, stack, flow
    for (std::string& each : field) std::getline(fields, each, '\t');
    if (is_out_of_reach(field[1])) continue;
    ++rows;
    const std::set<std::string> flows = flows_of(std::string(corpus) + "/pcaps/" + field[3]);
    EXPECT_TRUE(flows.contains(normal_flow(field[6])))
        << field[0] << " " << field[1] << " " << field[3];
  }
  EXPECT_GT(rows, 0u);
}

}  // namespace
}  // namespace parlance::decode
