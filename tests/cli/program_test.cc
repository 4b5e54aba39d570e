// What a user or a script sees of the program: outputs and exit statuses (parlance(1)).
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include "capture/capture_bytes.h"
#include "support/capture_files.h"
#include "support/piped_program.h"
#include "support/run_program.h"
#include "support/talk.h"
#include "support/wire.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

enum Status {
  kFine = 0,
  kUsage = 1,
  kNoInput = 2,
  kDamaged = 3,
  kNoOutput = 4,
  kBadSignatures = 5,
  kNotFound = 10
};

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<json> records_in(const std::string& text) {
  std::vector<json> records;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    json record = json::parse(line, nullptr, false);
    EXPECT_FALSE(record.is_discarded()) << line;
    if (record.value("event_type", "") == "flow") records.push_back(std::move(record));
  }
  return records;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Program : public testing::Test {
 protected:
  /// One flow of XMPP, one of MQTT.
  static const std::string& capture() {
    static const std::string kPath = [] {
      const std::string path = scratch_file("talks.pcap");
      write_frames(path, joined({xmpp_talk(40001), mqtt_talk(40002)}));
      return path;
    }();
    return kPath;
  }
};

TEST_F(Program, writes_a_record_for_each_flow) {
  const Ran ran = run_parlance({"-r", capture(), "-o", "json"});
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  const auto records = records_in(ran.output);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].at("stack"), json({"tcp", "xmpp"}));
  EXPECT_EQ(records[1].at("stack"), json({"tcp", "mqtt"}));
}

TEST_F(Program, writes_several_outputs_at_once) {
  const std::string file = scratch_file("records.json");
  const Ran ran = run_parlance({"-r", capture(), "-o", "json:" + file, "-o", "table"});
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  EXPECT_EQ(records_in(contents(file)).size(), 2u);
  EXPECT_TRUE(contains(ran.output, "tcp / xmpp")) << ran.output;
  EXPECT_TRUE(contains(ran.output, "2 flows"));
}

TEST_F(Program, reads_standard_input) {
  const Ran ran = run_parlance({"-r", "-", "-o", "json"}, contents(capture()));
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  EXPECT_EQ(records_in(ran.output).size(), 2u);
  const Ran nothing = run_parlance({"-r", "-"}, "");
  EXPECT_EQ(nothing.status, kNoInput);
  EXPECT_TRUE(contains(nothing.errors, "standard input")) << nothing.errors;
}

/// A datagram every 10 ms, each of a flow of its own: at any time some flow has been silent for as long as
/// flows may be.
Frames scan(size_t packets) {
  constexpr int64_t kInterval = 10'000'000;
  Frames frames;
  for (size_t i = 0; i < packets; ++i) {
    const std::string udp = be16(1024 + i) + be16(40000) + be16(8) + be16(0);
    Frame& frame = frames.emplace_back();
    frame.nanoseconds = static_cast<int64_t>(i) * kInterval;
    frame.link_type = 101;  // IP without a link layer
    frame.octets = ipv4_header(17, udp.size(), {10, 0, 0, 1}, {10, 0, 0, 2}) + udp;
    frame.original_length = static_cast<uint32_t>(frame.octets.size());
  }
  return frames;
}

TEST_F(Program, says_the_same_in_whatever_portions_packets_come) {
  const std::string file = scratch_file("scan.pcap");
  const std::string of_file = scratch_file("scan.json"), of_pipe = scratch_file("scan-piped.json");
  write_frames(file, scan(20'000));
  EXPECT_EQ(run_parlance({"-r", file, "-o", "json:" + of_file}).status, kFine);
  PipedProgram piped({"-r", "-", "-o", "json:" + of_pipe});
  piped.give(contents(file));
  EXPECT_EQ(piped.end().status, kFine);
  auto from_file = records_in(contents(of_file)), from_pipe = records_in(contents(of_pipe));
  ASSERT_EQ(from_file.size(), 20'000u);
  for (auto* records : {&from_file, &from_pipe}) {
    for (json& each : *records) each.erase("pcap_filename");
  }
  EXPECT_EQ(from_file, from_pipe);
}

TEST_F(Program, reads_the_captures_of_a_folder_one_after_another) {
  const fs::path folder = scratch_file("folder");
  fs::create_directory(folder);
  for (const char* name : {"b.pcap", "a.pcap"}) fs::copy_file(capture(), folder / name);
  std::ofstream(folder / "notes.txt") << "no capture";
  const Ran ran = run_parlance({"-r", folder, "-o", "json"});
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  EXPECT_FALSE(records_in(ran.output).empty());

  const fs::path empty = scratch_file("empty");
  fs::create_directory(empty);
  EXPECT_EQ(run_parlance({"-r", empty}).status, kNoInput);
}

TEST_F(Program, takes_files_after_the_first_as_inputs_too) {
  const Ran ran = run_parlance({"-r", capture(), capture(), "tcp", "port", "40001", "-o", "json"});
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  for (const json& each : records_in(ran.output)) EXPECT_EQ(each.at("src_port"), 40001);
}

TEST_F(Program, filters_by_words_or_by_a_file) {
  const Ran words = run_parlance({"-r", capture(), "-o", "json", "tcp", "port", "40002"});
  ASSERT_EQ(records_in(words.output).size(), 1u) << words.errors;
  EXPECT_EQ(records_in(words.output)[0].at("src_port"), 40002);

  const std::string file = scratch_file("filter");
  std::ofstream(file) << "tcp port 40001\n";
  const Ran from_file = run_parlance({"-r", capture(), "-o", "json", "-F", file});
  ASSERT_EQ(records_in(from_file.output).size(), 1u) << from_file.errors;
  EXPECT_EQ(records_in(from_file.output)[0].at("src_port"), 40001);

  EXPECT_EQ(run_parlance({"-r", capture(), "-F", file, "udp"}).status, kUsage);
  EXPECT_EQ(run_parlance({"-r", capture(), "-F", "/nonexistent"}).status, kUsage);
  const Ran wrong = run_parlance({"-r", capture(), "port", "and", "and"});
  EXPECT_EQ(wrong.status, kUsage);
  EXPECT_TRUE(contains(wrong.errors, "port and and")) << wrong.errors;
}

TEST_F(Program, stops_after_the_packets_asked_for) {
  const Ran ran = run_parlance({"-r", capture(), "-c", "3", "-o", "json"});
  const auto records = records_in(ran.output);
  ASSERT_EQ(records.size(), 1u) << ran.errors;
  const json& flow = records[0].at("flow");
  EXPECT_EQ(flow.at("pkts_toserver").get<int>() + flow.at("pkts_toclient").get<int>(), 3);
}

TEST_F(Program, says_by_its_status_whether_something_is_spoken) {
  const Ran found = run_parlance({"-r", capture(), "--expect", "xmpp"});
  EXPECT_EQ(found.status, kFine) << found.errors;
  EXPECT_EQ(found.output, "");
  EXPECT_EQ(run_parlance({"-r", capture(), "--expect=mqtt"}).status, kFine);
  EXPECT_EQ(run_parlance({"-r", capture(), "--expect", "tcp"}).status, kFine);
  EXPECT_EQ(run_parlance({"-r", capture(), "--expect", "irc"}).status, kNotFound);
}

TEST_F(Program, explains_one_flow_or_all) {
  const Ran one = run_parlance({"explain", "1", "-r", capture()});
  EXPECT_EQ(one.status, kFine) << one.errors;
  EXPECT_TRUE(contains(one.output, "xmpp")) << one.output;
  EXPECT_FALSE(contains(one.output, "mqtt/")) << one.output;
  const Ran all = run_parlance({"-r", capture(), "--explain"});
  EXPECT_EQ(all.status, kFine) << all.errors;
  EXPECT_TRUE(contains(all.output, "mqtt")) << all.output;
  EXPECT_EQ(run_parlance({"-r", capture(), "--explain", "twelve"}).status, kUsage);
}

TEST_F(Program, refuses_what_it_does_not_know) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"--no-such-option"},
                                             {"-r", capture(), "--no-such-option"},
                                             {"-r", capture(), "-o", "xml"},
                                             {"-r", capture(), "-i", "lo"},
                                             {"-r", capture(), "--threads", "0"},
                                             {"-r", capture(), "-k", "some"},
                                             {"signatures"},
                                             {"explain", "-r", capture()}}) {
    const Ran ran = run_parlance(arguments);
    EXPECT_EQ(ran.status, kUsage) << fmt::format("{}", fmt::join(arguments, " "));
    EXPECT_TRUE(ran.errors.starts_with("parlance: ")) << ran.errors;
    EXPECT_EQ(ran.output, "");
  }
}

TEST_F(Program, names_inputs_that_it_cannot_open) {
  for (const char* path : {"/nonexistent.pcap", "/dev/null", "/proc/self/mem"}) {
    const Ran ran = run_parlance({"-r", path});
    EXPECT_EQ(ran.status, kNoInput) << path;
    EXPECT_TRUE(contains(ran.errors, path)) << ran.errors;
  }
  const std::string text = scratch_file("notes.txt");
  std::ofstream(text) << "this is a text and no capture at all";
  EXPECT_EQ(run_parlance({"-r", text}).status, kNoInput);
  // The others are read all the same.
  const Ran ran = run_parlance({"-r", "/nonexistent.pcap", "-r", capture(), "-o", "json"});
  EXPECT_EQ(ran.status, kNoInput);
  EXPECT_EQ(records_in(ran.output).size(), 2u);
  EXPECT_EQ(run_parlance({"-i", "no-such-interface"}).status, kNoInput);
}

TEST_F(Program, writes_what_it_read_of_a_damaged_input) {
  const std::string whole = contents(capture());
  const std::string damaged = scratch_file("damaged.pcap");
  std::ofstream(damaged, std::ios::binary) << whole.substr(0, whole.size() - 7);
  const Ran ran = run_parlance({"-r", damaged, "-o", "json"});
  EXPECT_EQ(ran.status, kDamaged);
  EXPECT_EQ(records_in(ran.output).size(), 2u);
  EXPECT_TRUE(contains(ran.errors, damaged + ": packet ")) << ran.errors;
  EXPECT_TRUE(contains(ran.errors, " at byte ")) << ran.errors;
}

TEST_F(Program, says_that_a_disk_is_full) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const Ran ran = run_parlance({"-r", capture(), "-o", "json:/dev/full"});
  EXPECT_EQ(ran.status, kNoOutput);
  EXPECT_TRUE(contains(ran.errors, "/dev/full")) << ran.errors;
  EXPECT_EQ(run_parlance({"-r", capture(), "-o", "table:/dev/full"}).status, kNoOutput);
  EXPECT_EQ(run_parlance({"-r", capture(), "-o", "json:/nonexistent/file"}).status, kNoOutput);
}

TEST_F(Program, ends_quietly_when_its_reader_goes) {
  // A shell, for once: it is the one who makes such pipes.
  const std::string errors = scratch_file("pipe-errors");
  const std::string many = scratch_file("many.pcap");
  Frames frames;
  for (uint16_t port = 41000; port < 41400; ++port) {
    const Frames talk = xmpp_talk(port);
    frames.insert(frames.end(), talk.begin(), talk.end());
  }
  write_frames(many, frames);
  const std::string command =
      fmt::format("bash -c '{} -r {} -o json 2> {} | head -1 > /dev/null; exit ${{PIPESTATUS[0]}}'",
                  program_path(), many, errors);
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(contents(errors), "");
}

TEST_F(Program, prints_schema_versions_and_help) {
  const Ran schema = run_parlance({"schema"});
  EXPECT_EQ(schema.status, kFine);
  EXPECT_FALSE(json::parse(schema.output, nullptr, false).is_discarded());
  const Ran version = run_parlance({"--version"});
  EXPECT_EQ(version.status, kFine);
  EXPECT_TRUE(version.output.starts_with("parlance ")) << version.output;
  const Ran help = run_parlance({"--help"});
  EXPECT_EQ(help.status, kFine);
  EXPECT_TRUE(contains(help.output, "--expect"));
}

// ---- memory ----

/// A datagram of one octet each, from as many addresses and ports. Written as it is made, for what this
/// process holds counts as the program's, too.
void write_many_flows(const std::string& path, uint32_t flows) {
  std::ofstream file(path, std::ios::binary);
  file << capture::pcap_header();
  const std::string ethernet("\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", 14);
  for (uint32_t i = 0; i < flows; ++i) {
    const std::string udp = be16(1024 + i % 50'000) + be16(9999) + be16(9) + be16(0) + "z";  // no checksum
    const std::string packet = ethernet + ipv4_header(17, udp.size(), be32(0x0a010000 + i / 50'000),
                                                      std::string("\x0a\0\0\x02", 4)) + udp;
    file << capture::Octets()
                .u32(1'700'000'000)
                .u32(i)  // microseconds: all within a second
                .u32(packet.size())
                .u32(packet.size())
                .text(packet)
                .all();
  }
}

size_t memory_of_this_process() {
  size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST_F(Program, ends_flows_early_rather_than_use_more_memory_than_it_may) {
  if (!PARLANCE_COUNTS_MEMORY) {
    GTEST_SKIP() << "a sanitizer build has the sanitizer's allocator, which does not count: --memory has "
                    "nothing to go by there";
  }
  constexpr uint32_t kFlows = 400'000;
  constexpr size_t kMebi = 1024 * 1024;
  const std::string many = scratch_file("many-flows.pcap");
  write_many_flows(many, kFlows);
  const Ran ran = run_parlance({"-r", many, "--memory", "64", "--threads", "1", "-o", "table"});
  EXPECT_EQ(ran.status, kFine) << ran.errors;
  EXPECT_TRUE(contains(ran.output, "400,000 flows")) << "each has its record, whenever it ended";
  EXPECT_TRUE(contains(ran.output, " flows ended early to make room"));
  // The kernel counts what a child held before it became the program: this process' own memory. Each test
  // of ctest has a process to itself, which is small.
  EXPECT_LT(ran.peak_octets, std::max((64 + 24) * kMebi, memory_of_this_process() + kMebi));
}

TEST_F(Program, refuses_less_memory_than_it_needs) {
  for (const char* mebibytes : {"1", "0", "63", "-64", "much", "99999999"}) {
    const Ran ran = run_parlance({"-r", capture(), "--memory", mebibytes});
    EXPECT_EQ(ran.status, kUsage) << mebibytes;
    EXPECT_TRUE(contains(ran.errors, "--memory")) << ran.errors;
    EXPECT_EQ(ran.output, "");
  }
  EXPECT_EQ(run_parlance({"-r", capture(), "--memory", "64"}).status, kFine);
}

// ---- signatures ----

TEST_F(Program, lists_shows_and_checks_signatures) {
  const Ran list = run_parlance({"signatures", "list"});
  EXPECT_EQ(list.status, kFine) << list.errors;
  EXPECT_TRUE(contains(list.output, "\nxmpp "));
  const Ran show = run_parlance({"signatures", "show", "xmpp"});
  EXPECT_EQ(show.status, kFine) << show.errors;
  EXPECT_TRUE(contains(show.output, "rule proof")) << show.output;
  EXPECT_EQ(run_parlance({"signatures", "show", "no-such-name"}).status, kUsage);
  const Ran check = run_parlance({"signatures", "check"});
  EXPECT_EQ(check.status, kFine) << check.errors;
}

TEST_F(Program, names_the_place_of_a_mistake_in_a_signature) {
  const std::string file = scratch_file("wrong.toml");
  std::ofstream(file) << "schema = 1\nname = \"wrong\"\nno_such_key = 1\n";
  const Ran ran = run_parlance({"signatures", "check", file});
  EXPECT_EQ(ran.status, kBadSignatures);
  EXPECT_TRUE(contains(ran.errors, file + ":3:1")) << ran.errors;
  EXPECT_EQ(run_parlance({"signatures", "check", "/nonexistent.toml"}).status, kBadSignatures);

  const fs::path folder = scratch_file("own-signatures");
  fs::create_directory(folder);
  fs::copy_file(file, folder / "wrong.toml");
  EXPECT_EQ(run_parlance({"-r", capture(), "--signatures", folder}).status, kBadSignatures);
}

TEST_F(Program, tries_signatures_on_their_captures) {
  const Ran ran = run_parlance({"signatures", "test"});
  EXPECT_EQ(ran.status, kFine) << ran.output << ran.errors;
  EXPECT_TRUE(contains(ran.output, " captures, 0 not as they should be")) << ran.output;
}

// A capture that only its keys open counts with the key log beside it.
TEST_F(Program, opens_captures_that_signatures_are_tried_on) {
  const fs::path folder = scratch_file("with-keys"), captures = folder / "pcaps", own = fs::path(source_folder());
  fs::create_directories(folder / "signatures");
  fs::create_directories(captures);
  for (const char* name : {"fcm.toml", "tls.toml"}) {
    fs::copy_file(own / "signatures" / name, folder / "signatures" / name);
  }
  for (const char* part : {"fcm.pcapng", "fcm.toml"}) fs::copy_file(own / "pcaps" / part, captures / part);
  setenv("PARLANCE_SIGNATURES", (folder / "signatures").c_str(), 1);
  const Ran closed = run_parlance({"signatures", "test", "fcm"});
  EXPECT_EQ(closed.status, kBadSignatures);
  EXPECT_TRUE(contains(closed.output, "fcm: not found in ")) << closed.output << closed.errors;
  fs::copy_file(own / "pcaps/fcm.keys", captures / "fcm.keys");
  const Ran open = run_parlance({"signatures", "test", "fcm"});
  unsetenv("PARLANCE_SIGNATURES");
  EXPECT_EQ(open.status, kFine) << open.output << open.errors;
}

// ---- threads ----

/// Many flows at a time in several inputs, some of which go on in the next.
TEST_F(Program, writes_the_same_records_for_any_number_of_threads) {
  std::vector<std::string> arguments;
  for (int file = 0; file < 3; ++file) {
    std::vector<Frames> talks;
    for (int i = 0; i < 60; ++i) {
      const auto port = static_cast<uint16_t>(42000 + 20 * file + i);
      talks.push_back(i % 2 == 0 ? xmpp_talk(port) : mqtt_talk(port));
    }
    const std::string path = scratch_file(fmt::format("threads-{}.pcap", file));
    write_frames(path, interleaved(talks));
    arguments.insert(arguments.end(), {"-r", path});
  }
  arguments.insert(arguments.end(), {"-r", capture(), "-o", "json", "--threads"});
  arguments.push_back("1");
  const Ran one = run_parlance(arguments);
  ASSERT_EQ(one.status, kFine) << one.errors;
  EXPECT_GT(records_in(one.output).size(), 100u);
  for (const char* threads : {"2", "4", "8"}) {
    arguments.back() = threads;
    const Ran more = run_parlance(arguments);
    EXPECT_EQ(more.status, kFine) << more.errors;
    EXPECT_TRUE(more.output == one.output) << threads << " threads tell otherwise";
  }
}

TEST_F(Program, writes_the_same_records_of_all_captures_for_any_number_of_threads) {
  std::vector<std::string> arguments = {"-r", source_folder() + "/pcaps", "-o", "json"};
  arguments.insert(arguments.end(), {"--threads", "1"});
  const Ran one = run_parlance(arguments);
  ASSERT_EQ(one.status, kFine) << one.errors;
  for (const char* threads : {"2", "4", "8"}) {
    arguments.back() = threads;
    EXPECT_TRUE(run_parlance(arguments).output == one.output)
        << threads << " threads tell otherwise";
  }
}

/// Objects of a record in which protocols share what they read, and the protocols that do.
bool shares_object(const std::string& object, const json& stack) {
  const std::map<std::string, std::vector<std::string>> shared = {
      {"tls", {"quic", "dtls"}}, {"http", {"http2", "http3"}}, {"dns", {"mdns", "llmnr"}}};
  const auto place = shared.find(object);
  if (place == shared.end()) return false;
  return std::any_of(place->second.begin(), place->second.end(), [&](const std::string& each) {
    return std::find(stack.begin(), stack.end(), each) != stack.end();
  });
}

// What a parser read of octets that were not its protocol's is no fact about the flow.
TEST_F(Program, tells_nothing_of_protocols_that_a_flow_does_not_speak) {
  std::set<std::string> protocols;
  std::istringstream lines(run_parlance({"protocols", "-o", "json"}).output);
  for (std::string line; std::getline(lines, line);) protocols.insert(json::parse(line)["name"]);
  const Ran ran = run_parlance({"-r", source_folder() + "/pcaps", "-o", "json"});
  ASSERT_EQ(ran.status, kFine) << ran.errors;
  for (const json& record : records_in(ran.output)) {
    const json& stack = record["stack"];
    for (const auto& [key, value] : record.items()) {
      if (!value.is_object() || !protocols.contains(key) || shares_object(key, stack)) continue;
      EXPECT_NE(std::find(stack.begin(), stack.end(), key), stack.end())
          << key << ' ' << value << " of " << record["src_ip"] << ':' << record["src_port"];
    }
  }
}

}  // namespace
}  // namespace parlance::test
