// Keys in, stacks out, as a user sees it: --keylog, --keylog-env, --rsa-key, --write-channels.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/capture_files.h"
#include "support/piped_program.h"
#include "support/run_program.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const json kOpened = {"tcp", "tls", "http"};
const json kClosed = {"tcp", "tls"};

std::string pcap(const std::string& name) {
  return source_folder() + "/pcaps/" + name;
}
const std::string kCapture = pcap("tls13-http1.pcap"), kKeys = pcap("tls13-http1.keys");

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
std::string file_of(const std::string& name, const std::string& text) {
  const std::string path = scratch_file(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<json> flows_in(const std::string& text) {
  std::vector<json> flows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    json record = json::parse(line, nullptr, false);
    EXPECT_FALSE(record.is_discarded()) << line;
    if (record.value("event_type", "") == "flow") flows.push_back(std::move(record));
  }
  return flows;
}

json stack_of(const Ran& ran) {
  const auto flows = flows_in(ran.output);
  return flows.empty() ? json() : flows.back().at("stack");
}

Ran run_with(std::vector<std::string> options) {
  options.insert(options.begin(), {"-r", kCapture, "-o", "json"});
  return run_parlance(options);
}

std::string le32(size_t value) {
  std::string octets;
  for (int shift = 0; shift < 32; shift += 8) octets += static_cast<char>(value >> shift & 0xff);
  return octets;
}

/// A block with the key log (pcapng, Decryption Secrets Block).
std::string secrets_block(std::string log) {
  const size_t length = log.size();
  log.resize((length + 3) / 4 * 4);
  const size_t total = 20 + log.size();
  return le32(10) + le32(total) + le32(0x544c534b) + le32(length) + log + le32(total);
}

/// The capture as pcapng, cut behind its section header.
std::pair<std::string, std::string> halves_of_pcapng() {
  const std::string path = scratch_file("halves.pcapng");
  write_frames(path, read_frames(kCapture), {true, false, false, false});
  const std::string octets = contents(path);
  const auto header =
      static_cast<size_t>(static_cast<uint8_t>(octets[4]) | static_cast<uint8_t>(octets[5]) << 8);
  return {octets.substr(0, header), octets.substr(header)};
}

// ---- key logs

TEST(Keys, a_key_log_opens_what_is_inside) {
  EXPECT_EQ(stack_of(run_with({})), kClosed);
  const Ran ran = run_with({"--keylog", kKeys});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(stack_of(ran), kOpened);
}

TEST(Keys, a_key_log_that_is_missing_is_named) {
  for (const std::string& bad : {scratch_file("no-such-keys"), source_folder()}) {
    const Ran ran = run_with({"--keylog", bad});
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(contains(ran.errors, bad)) << ran.errors;
    EXPECT_EQ(ran.output, "");
  }
}

TEST(Keys, a_folder_is_no_key_log_even_if_logs_may_grow) {
  const Ran ran = run_with({"--follow", "--keylog", source_folder()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(contains(ran.errors, source_folder())) << ran.errors;
}

TEST(Keys, lines_that_cannot_be_read_are_named_and_not_repeated) {
  const std::string log = file_of("bad.keys", "# a comment\nCLIENT_RANDOM beefbeef cafecafe\n" +
                                                  contents(kKeys) + "nonsensical words\n");
  const Ran ran = run_with({"--keylog", log});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(stack_of(ran), kOpened);
  EXPECT_TRUE(contains(ran.errors, log + ":2")) << ran.errors;
  EXPECT_TRUE(contains(ran.errors, log + ":8")) << ran.errors;
  for (const char* each : {"beef", "cafe", "nonsensical"}) {
    EXPECT_FALSE(contains(ran.errors + ran.output, each)) << each;
  }
}

TEST(Keys, a_file_of_anything_is_passed_over) {
  const Ran ran = run_with({"--keylog", program_path(), "--keylog", kKeys});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(stack_of(ran), kOpened);
  EXPECT_LT(ran.errors.size(), 4000U) << "a few lines are named, the others counted";
}

TEST(Keys, a_key_log_may_be_a_pipe) {
  const std::string pipe = scratch_file("keys.fifo");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream to(pipe, std::ios::binary);
    const std::string log = contents(kKeys);
    to << log.substr(0, 100) << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // a slow one
    to << log.substr(100);
  });
  const Ran ran = run_with({"--keylog", pipe});
  writer.join();
  EXPECT_EQ(stack_of(ran), kOpened) << ran.errors;
}

TEST(Keys, the_environment_may_name_the_log) {
  unsetenv("SSLKEYLOGFILE");
  const Ran without = run_with({"--keylog-env"});
  EXPECT_EQ(without.status, 1);
  EXPECT_TRUE(contains(without.errors, "SSLKEYLOGFILE")) << without.errors;
  setenv("SSLKEYLOGFILE", kKeys.c_str(), 1);
  EXPECT_EQ(stack_of(run_with({})), kClosed) << "only if asked";
  EXPECT_EQ(stack_of(run_with({"--keylog-env"})), kOpened);
  unsetenv("SSLKEYLOGFILE");
}

TEST(Keys, a_file_without_a_private_key_is_refused) {
  for (const std::string& bad : {kKeys, scratch_file("no-such.pem"), source_folder()}) {
    const Ran ran = run_with({"--rsa-key", bad});
    EXPECT_EQ(ran.status, 2);
    EXPECT_TRUE(contains(ran.errors, bad)) << ran.errors;
    EXPECT_FALSE(contains(ran.errors, "TRAFFIC_SECRET"));
  }
}

TEST(Keys, any_number_of_threads_says_the_same) {
  const std::vector<std::string> all = {"-r", source_folder() + "/pcaps", "-o", "json",
                                        "--threads"};
  std::vector<std::string> keys;
  for (const auto& each : fs::directory_iterator(source_folder() + "/pcaps")) {
    if (each.path().extension() == ".keys") keys.insert(keys.end(), {"--keylog", each.path()});
  }
  ASSERT_FALSE(keys.empty());
  std::string first;
  for (const char* threads : {"1", "2", "4"}) {
    std::vector<std::string> words = all;
    words.push_back(threads);
    words.insert(words.end(), keys.begin(), keys.end());
    std::string said;
    for (const json& each : flows_in(run_parlance(words).output)) said += each.dump() + "\n";
    if (first.empty()) first = said;
    EXPECT_TRUE(contains(said, R"(["tcp","tls","http"])"));
    EXPECT_EQ(said, first) << threads;
  }
}

TEST(Keys, no_output_repeats_a_secret) {
  std::vector<std::string> secrets;
  std::istringstream lines(contents(kKeys));
  for (std::string label, random, secret; lines >> label >> random >> secret;)
    secrets.push_back(secret);
  ASSERT_EQ(secrets.size(), 5U);
  for (const char* form : {"json", "table", "explain"}) {
    std::vector<std::string> words = {"-r", kCapture, "--keylog", kKeys, "-v"};
    if (std::string(form) == "explain") {
      words.push_back("--explain");
    } else {
      words.insert(words.end(), {"-o", form});
    }
    const Ran ran = run_parlance(words);
    EXPECT_EQ(ran.status, 0) << form << ran.errors;
    EXPECT_TRUE(contains(ran.output, "http")) << form;
    for (const std::string& each : secrets) {
      EXPECT_FALSE(contains(ran.output + ran.errors, each.substr(0, 16))) << form;
    }
  }
}

// ---- secrets in captures

TEST(Keys, a_capture_may_carry_its_secrets_in_front_or_behind) {
  const auto [header, rest] = halves_of_pcapng();
  const std::string block = secrets_block(contents(kKeys));
  for (const std::string& octets : {header + block + rest, header + rest + block}) {
    EXPECT_EQ(stack_of(run_parlance({"-r", file_of("carried.pcapng", octets), "-o", "json"})),
              kOpened);
  }
}

TEST(Keys, through_a_pipe_secrets_have_to_stand_in_front) {
  const auto [header, rest] = halves_of_pcapng();
  PipedProgram piped({"-r", "-", "-o", "json"});
  piped.give(header + secrets_block(contents(kKeys)) + rest);
  EXPECT_EQ(stack_of(piped.end()), kOpened);
}

TEST(Keys, bad_lines_in_a_capture_do_not_flood_the_user) {
  const auto [header, rest] = halves_of_pcapng();
  std::string octets = header;
  for (int i = 0; i < 5000; ++i) octets += secrets_block("unreadable\n");
  const Ran ran = run_parlance({"-r", file_of("flood.pcapng", octets + rest), "-o", "json"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(contains(ran.errors, "secrets block"));
  EXPECT_FALSE(contains(ran.errors, "unreadable"));
  EXPECT_LT(std::count(ran.errors.begin(), ran.errors.end(), '\n'), 200);
}

TEST(Keys, a_log_that_grows_opens_what_came_before_its_keys) {
  const std::string path = scratch_file("follow.pcap"), log = scratch_file("follow.keys");
  const Frames frames = read_frames(kCapture);
  write_frames(path, frames);
  const std::string octets = contents(path);
  // All but what closes the connection.
  size_t closing = 0;
  for (size_t i = frames.size() - 4; i < frames.size(); ++i)
    closing += 16 + frames[i].octets.size();
  PipedProgram piped({"-r", "-", "--follow", "--keylog", log, "-o", "json"});
  piped.give(octets.substr(0, octets.size() - closing));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  file_of("follow.keys", contents(kKeys));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // it looks every 20 ms
  piped.give(octets.substr(octets.size() - closing));
  EXPECT_EQ(stack_of(piped.end()), kOpened);
}

// ---- channels

TEST(Keys, channels_are_written_to_a_folder) {
  const std::string folder = scratch_file("channels");
  const Ran ran = run_with({"--keylog", kKeys, "--write-channels", folder});
  EXPECT_EQ(ran.status, 0) << ran.errors;
  json inner;
  std::istringstream lines(contents(folder + "/channels.ndjson"));
  for (std::string line; std::getline(lines, line);) {
    const json channel = json::parse(line);
    if (channel.contains("parent")) inner = channel;
  }
  ASSERT_TRUE(inner.is_object());
  EXPECT_EQ(inner.at("opened_by"), "tls");
  EXPECT_EQ(inner.at("speaks"), json({"http"}));
  EXPECT_EQ(inner.at("gaps"), 0);
  const std::string base = folder + "/" + std::to_string(inner.at("flow").get<int>()) + "-" +
                           std::to_string(inner.at("channel").get<int>());
  const std::string request = contents(base + "-client.bin"),
                    response = contents(base + "-server.bin");
  EXPECT_EQ(request.substr(0, 4), "GET ");
  EXPECT_EQ(response.substr(0, 9), "HTTP/1.1 ");
  EXPECT_EQ(request.size(), inner.at("client_octets").get<size_t>());
  EXPECT_EQ(response.size(), inner.at("server_octets").get<size_t>());
  EXPECT_EQ(fs::status(base + "-client.bin").permissions() & fs::perms::others_all,
            fs::perms::none);
}

TEST(Keys, channels_are_not_mixed_with_what_is_in_a_folder) {
  const std::string folder = scratch_file("full");
  fs::create_directory(folder);
  file_of("full/of-something", "x");
  const Ran ran = run_with({"--write-channels", folder});
  EXPECT_EQ(ran.status, 4);
  EXPECT_TRUE(contains(ran.errors, folder)) << ran.errors;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

}  // namespace
}  // namespace parlance::test
