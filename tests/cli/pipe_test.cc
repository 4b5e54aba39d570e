// What the reader of a pipe's records sees while the pipe is still open.
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/capture_files.h"
#include "support/piped_program.h"
#include "support/talk.h"

namespace parlance::test {
namespace {

using nlohmann::json;

/// The frames as the octets of a capture.
std::string octets_of(const Frames& frames) {
  const std::string path = scratch_file("piped.pcap");
  write_frames(path, frames);
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The octets of a capture, without those of its last `count` frames; and these.
std::pair<std::string, std::string> cut_before_last(const Frames& frames, size_t count) {
  const std::string all = octets_of(frames);
  const std::string first =
      octets_of({frames.begin(), frames.end() - static_cast<ptrdiff_t>(count)});
  return {first, all.substr(first.size())};
}

json parsed(const std::string& line) {
  json record = json::parse(line, nullptr, false);
  EXPECT_FALSE(record.is_discarded()) << "'" << line << "' is no record";
  return record.is_discarded() ? json::object() : record;
}

class OpenPipe : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> arguments(std::vector<std::string> others = {}) const {
    std::vector<std::string> all = {"-r", "-", "-o", "json", "--threads", GetParam()};
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }
};

TEST_P(OpenPipe, shows_the_record_of_a_flow_that_has_ended) {
  PipedProgram program(arguments());
  program.give(octets_of(xmpp_talk(40001)));
  const json record = parsed(program.line());
  EXPECT_EQ(record.value("event_type", ""), "flow");
  EXPECT_EQ(record.value("stack", json()), json({"tcp", "xmpp"}));
  EXPECT_EQ(record["flow"].value("reason", ""), "fin");
  const Ran ran = program.end();
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "") << "it was written once";
}

TEST_P(OpenPipe, shows_each_record_when_its_flow_has_ended) {
  PipedProgram program(arguments());
  const auto [first, second] =
      cut_before_last(joined({xmpp_talk(40001), mqtt_talk(40002)}), mqtt_talk(40002).size());
  program.give(first);
  EXPECT_EQ(parsed(program.line()).value("src_port", 0), 40001);
  program.give(second);
  EXPECT_EQ(parsed(program.line()).value("src_port", 0), 40002);
  EXPECT_EQ(program.end().output, "");
}

TEST_P(OpenPipe, keeps_a_flow_that_goes_on) {
  const auto [most, fins] = cut_before_last(xmpp_talk(40001), 3);
  PipedProgram program(arguments());
  program.give(most);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  program.give(fins);
  const json record = parsed(program.line());
  EXPECT_EQ(record["flow"].value("pkts_toserver", 0) + record["flow"].value("pkts_toclient", 0),
            static_cast<int>(xmpp_talk(40001).size()));
  EXPECT_EQ(program.end().output, "");
}

TEST_P(OpenPipe, waits_for_the_answer_to_a_fin) {
  const auto [most, answer] = cut_before_last(xmpp_talk(40001), 1);
  PipedProgram program(arguments());
  program.give(most);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  program.give(answer);
  const json record = parsed(program.line());
  EXPECT_EQ(record["flow"].value("pkts_toserver", 0) + record["flow"].value("pkts_toclient", 0),
            static_cast<int>(xmpp_talk(40001).size()));
  EXPECT_EQ(program.end().output, "") << "the last ACK made no flow of its own";
}

TEST_P(OpenPipe, waits_for_the_answer_to_a_fin_not_for_ever) {
  PipedProgram program(arguments());
  program.give(cut_before_last(xmpp_talk(40001), 1).first);
  EXPECT_EQ(parsed(program.line()).value("event_type", ""), "flow");
}

TEST_P(OpenPipe, shows_a_label_before_the_flow_has_ended_when_followed) {
  const auto [most, fins] = cut_before_last(xmpp_talk(40001), 3);
  PipedProgram program(arguments({"--follow"}));
  program.give(most);
  const json label = parsed(program.line());
  EXPECT_EQ(label.value("event_type", ""), "label");
  EXPECT_EQ(label.value("stack", json()), json({"tcp", "xmpp"}));
  program.give(fins);
  EXPECT_EQ(parsed(program.line()).value("event_type", ""), "flow");
}

TEST_P(OpenPipe, tells_the_same_in_pieces_as_at_once) {
  std::vector<Frames> talks;
  for (uint16_t port = 40000; port < 40020; ++port) {
    talks.push_back(port % 2 == 0 ? xmpp_talk(port) : mqtt_talk(port));
  }
  const std::string all = octets_of(interleaved(talks));
  const Ran whole = run_parlance(arguments(), all);
  PipedProgram program(arguments());
  for (size_t at = 0; at < all.size(); at += 3000) {
    program.give(std::string_view(all).substr(at, 3000));
    std::this_thread::sleep_for(std::chrono::milliseconds(6));
  }
  const Ran pieces = program.end();
  EXPECT_EQ(pieces.status, 0);
  // Flows may have ended in another order: each record is a line.
  const auto lines = [](const std::string& text) {
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) found.push_back(line);
    std::sort(found.begin(), found.end());
    return found;
  };
  EXPECT_EQ(lines(pieces.output), lines(whole.output));
}

INSTANTIATE_TEST_SUITE_P(WithThreads, OpenPipe, testing::Values("1", "3"));

TEST(GrowingFile, shows_the_record_of_a_flow_that_has_ended_when_followed) {
  const std::string path = scratch_file("grows.pcap");
  const auto [most, fins] = cut_before_last(xmpp_talk(40001), 3);
  std::ofstream file(path, std::ios::binary);
  file << most << std::flush;
  PipedProgram program({"-r", path, "-o", "json", "--follow"});
  EXPECT_EQ(parsed(program.line()).value("event_type", ""), "label");
  file << fins << std::flush;
  EXPECT_EQ(parsed(program.line()).value("event_type", ""), "flow");
}

}  // namespace
}  // namespace parlance::test
