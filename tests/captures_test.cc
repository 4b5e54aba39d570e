// Every capture of pcaps/ against its truth file: a capture is a test by being there.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"
#include "support/run_program.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<std::string> truth_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(source_folder()) / "pcaps")) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path capture_of(const std::string& name) {
  const fs::path base = fs::path(source_folder()) / "pcaps" / name;
  for (const char* extension : {".pcap", ".pcapng"}) {
    if (fs::exists(base.string() + extension)) return base.string() + extension;
  }
  return {};
}

std::string sha256_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  const std::string octets = text.str();
  uint8_t digest[32];
  unsigned length = 0;
  EVP_Digest(octets.data(), octets.size(), digest, &length, EVP_sha256(), nullptr);
  return to_hex(Bytes(digest, length));
}

std::string endpoint(const json& record, const char* address, const char* port) {
  const std::string ip = record.at(address);
  const std::string number = std::to_string(record.at(port).get<int>());
  return ip.find(':') == std::string::npos ? ip + ":" + number : "[" + ip + "]:" + number;
}

std::vector<json> records_of(const fs::path& capture) {
  const Ran ran = run_parlance({"-r", capture, "-o", "json"});
  EXPECT_EQ(ran.status, 0) << ran.errors;
  std::vector<json> records;
  std::istringstream lines(ran.output);
  for (std::string line; std::getline(lines, line);) {
    json record = json::parse(line, nullptr, false);
    EXPECT_FALSE(record.is_discarded()) << line;
    if (record.value("event_type", "") == "flow") records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> strings(const toml::node_view<const toml::node>& node) {
  std::vector<std::string> values;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& each : *array) values.push_back(each.value_or(std::string()));
  }
  return values;
}

const json* find_record(const std::vector<json>& records, const toml::table& flow) {
  const std::string proto = flow["proto"].value_or(std::string("tcp"));
  for (const json& record : records) {
    if (to_lower(record.at("proto").get<std::string>()) == proto &&
        endpoint(record, "src_ip", "src_port") == flow["client"].value_or(std::string()) &&
        endpoint(record, "dest_ip", "dest_port") == flow["server"].value_or(std::string())) {
      return &record;
    }
  }
  return nullptr;
}

void expect_app(const json& record, const toml::table& flow) {
  if (!flow.contains("app")) return;
  const json app = record.value("app", json::object());
  EXPECT_EQ(app.value("name", ""), flow["app"].value_or(std::string()));
  if (flow.contains("app_strength")) {
    EXPECT_EQ(app.value("strength", ""), flow["app_strength"].value_or(std::string()));
  }
  if (flow.contains("app_basis")) {
    EXPECT_EQ(app.value("basis", ""), flow["app_basis"].value_or(std::string()));
  }
}

void expect_flow(const json& record, const toml::table& flow) {
  EXPECT_EQ(record.at("stack").get<std::vector<std::string>>(), strings(flow["stack"]));
  if (flow.contains("strength")) {
    EXPECT_EQ(record.at("label").value("strength", ""), flow["strength"].value_or(std::string()));
  }
  expect_app(record, flow);
  std::vector<std::string> rules;
  for (const json& each : record.value("evidence", json::array())) rules.push_back(each.at("rule"));
  for (const std::string& rule : strings(flow["evidence"])) {
    EXPECT_NE(std::find(rules.begin(), rules.end(), rule), rules.end()) << "no evidence " << rule;
  }
}

class Capture : public testing::TestWithParam<std::string> {};

TEST_P(Capture, is_labelled_as_its_truth_file_says) {
  const fs::path capture = capture_of(GetParam());
  ASSERT_FALSE(capture.empty()) << "no capture stands beside pcaps/" << GetParam() << ".toml";
  const toml::table truth =
      toml::parse_file((fs::path(source_folder()) / "pcaps" / (GetParam() + ".toml")).string());
  EXPECT_EQ(sha256_of(capture), truth["sha256"].value_or(std::string()));

  const std::vector<json> records = records_of(capture);
  const toml::array* flows = truth["flow"].as_array();
  ASSERT_NE(flows, nullptr);
  for (const toml::node& node : *flows) {
    const toml::table& flow = *node.as_table();
    SCOPED_TRACE(flow["client"].value_or(std::string()) + " > " +
                 flow["server"].value_or(std::string()));
    const json* record = find_record(records, flow);
    ASSERT_NE(record, nullptr) << "no record of this flow";
    SCOPED_TRACE(record->dump());
    expect_flow(*record, flow);
  }
  EXPECT_EQ(records.size() - flows->size(), truth["other_flows"].value_or(size_t{0}));
}

INSTANTIATE_TEST_SUITE_P(Pcaps, Capture, testing::ValuesIn(truth_files()), [](const auto& name) {
  std::string test_name = name.param;
  std::replace_if(test_name.begin(), test_name.end(), [](char c) { return !isalnum(c); }, '_');
  return test_name;
});

}  // namespace
}  // namespace parlance::test
