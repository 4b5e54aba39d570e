// What is opened of QUIC with keys, against tshark: every stream of our captures, octet by octet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "protocols/support/quic_stream_part.h"
#include "secrets/key_log.h"
#include "support/recording_findings.h"
#include "support/run_program.h"
#include "support/wire.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* const pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return output;
  char part[4096];
  for (size_t count; (count = fread(part, 1, sizeof part, pipe)) > 0;) output.append(part, count);
  pclose(pipe);
  return output;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The octets of each stream and direction, as the parser hands them on.
using Streams = std::map<std::pair<uint64_t, Direction>, std::string>;

/// The UDP packets of a capture, flow by flow, in the order in which the flows begin.
std::vector<std::vector<Wire>> udp_flows_of(const fs::path& capture) {
  std::vector<std::vector<Wire>> flows;
  std::map<std::set<std::string>, size_t> by_ends;
  for (const Frame& frame : read_frames(capture.string())) {
    const auto packet = Wire::of(frame);
    if (!packet || packet->is_tcp()) continue;
    const auto place = by_ends.try_emplace({packet->source(), packet->destination()}, flows.size());
    if (place.second) flows.emplace_back();
    flows[place.first->second].push_back(*packet);
  }
  return flows;
}

/// Of one connection of a capture, counted like its UDP flows.
Streams streams_of(const fs::path& capture, const fs::path& keys, size_t connection) {
  RecordingFindings findings;
  KeyLogReader reader(findings.known_secrets);
  reader.read(read_file(keys));
  reader.end();
  const auto parser =
      find_parser("quic")->make({Carrier::udp, Unit::message, false, false, nullptr});
  const auto flows = udp_flows_of(capture);
  if (connection >= flows.size()) return {};
  const std::string client = flows[connection].front().source();
  for (const Wire& packet : flows[connection]) {
    if (findings.is_over()) break;
    const Direction direction =
        packet.source() == client ? Direction::to_server : Direction::to_client;
    parser->data(direction, as_bytes(packet.payload), findings);
  }
  Streams streams;
  for (const InnerChannel& channel : findings.inner) {
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
      for (const std::string& message : channel.messages[index(direction)]) {
        const auto part = read_quic_stream_part(as_bytes(message));
        if (part) streams[{part->stream, direction}] += as_text(part->octets);
      }
    }
  }
  return streams;
}

/// The same of one stream as tshark sees it; the server's lines are indented.
std::pair<std::string, std::string> tshark_stream(const fs::path& capture, const fs::path& keys,
                                                  size_t connection, uint64_t stream) {
  std::pair<std::string, std::string> sides;
  const std::string text = output_of("tshark -n -r " + capture.string() + " -o tls.keylog_file:" +
                                     keys.string() + " -q -z follow,quic,raw," +
                                     std::to_string(connection) + "," + std::to_string(stream));
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    if (line.rfind("===", 0) == 0) continue;
    if (inside) {
      (line[0] == '\t' ? sides.second : sides.first) += hex(line);
    } else if (line.rfind("Node 1:", 0) == 0) {
      inside = true;
    }
  }
  return sides;
}

struct Case {
  std::string capture;
  size_t connection;  ///< tshark's number of it
  std::vector<uint64_t> streams;
};

class QuicOracle : public testing::TestWithParam<Case> {};

TEST_P(QuicOracle, tshark_sees_the_same_octets) {
  if (output_of("tshark --version").empty()) GTEST_SKIP() << "tshark is not installed";
  const fs::path base = fs::path(source_folder()) / "pcaps" / GetParam().capture;
  const fs::path capture = base.string() + ".pcapng", keys = base.string() + ".keys";
  Streams ours = streams_of(capture, keys, GetParam().connection);
  for (const uint64_t stream : GetParam().streams) {
    const auto [client, server] = tshark_stream(capture, keys, GetParam().connection, stream);
    EXPECT_FALSE(client.empty() && server.empty()) << stream;
    EXPECT_EQ(to_hex(as_bytes(ours[{stream, Direction::to_server}])), to_hex(as_bytes(client)))
        << stream;
    EXPECT_EQ(to_hex(as_bytes(ours[{stream, Direction::to_client}])), to_hex(as_bytes(server)))
        << stream;
  }
}

// tshark 4.0 shows what was sent again twice, so it is no oracle here; the file that was fetched is.
TEST(QuicLoss, what_was_lost_and_sent_again_is_there_once) {
  const fs::path base = fs::path(source_folder()) / "pcaps/http3-key-update";
  Streams ours = streams_of(base.string() + ".pcapng", base.string() + ".keys", 0);
  const std::string& answer = ours[{4, Direction::to_client}];
  ASSERT_GT(answer.size(), 60000U);
  EXPECT_EQ(answer.find(std::string(60000, 'v')), answer.size() - 60000);
}

INSTANTIATE_TEST_SUITE_P(
    Pcaps, QuicOracle,
    testing::Values(Case{"http3", 0, {0, 2, 3, 6, 7, 40, 200, 396}},
                    Case{"http3-retry", 0, {0, 2, 3, 4}},
                    Case{"http3-early-data", 0, {0, 2, 3}},
                    Case{"http3-early-data", 1, {0, 2, 3}}),
    [](const auto& each) {
      std::string name = each.param.capture + "_" + std::to_string(each.param.connection);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace parlance::test
