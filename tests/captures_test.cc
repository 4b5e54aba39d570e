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

/// What the program is given to open the capture `name` with; nothing if the capture carries its keys, or
/// there are none.
std::vector<std::string> key_options(const std::string& name) {
  const std::string base = (fs::path(source_folder()) / "pcaps" / name).string();
  std::vector<std::string> options;
  if (fs::exists(base + ".keys")) options.insert(options.end(), {"--keylog", base + ".keys"});
  if (fs::exists(base + ".rsa-key.pem")) {
    options.insert(options.end(), {"--rsa-key", base + ".rsa-key.pem"});
  }
  if (std::ifstream secret(base + ".mtproxy-secret"); secret) {
    options.emplace_back("--mtproxy-secret");
    secret >> options.emplace_back();
  }
  return options;
}

std::vector<json> records_of(const fs::path& capture, const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"-r", capture, "-o", "json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Ran ran = run_parlance(arguments);
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

/// Whether the flows are opened. A truth file says of both what is to be seen: of a value KEY that is
/// another one with keys, KEY_with_keys.
enum class Opened { no, yes };

std::string key_of(const toml::table& flow, const std::string& key, Opened opened) {
  const std::string other = key + "_with_keys";
  return opened == Opened::yes && flow.contains(other) ? other : key;
}

void expect_app(const json& record, const toml::table& flow, Opened opened) {
  const json app = record.value("app", json::object());
  for (const auto& [key, member] : {std::pair("app", "name"), std::pair("app_strength", "strength"),
                                    std::pair("app_basis", "basis")}) {
    const std::string truth = key_of(flow, key, opened);
    if (!flow.contains(truth)) continue;
    EXPECT_EQ(app.value(member, ""), flow[truth].value_or(std::string()));
  }
}

void expect_flow(const json& record, const toml::table& flow, Opened opened) {
  EXPECT_EQ(record.at("stack").get<std::vector<std::string>>(),
            strings(flow[key_of(flow, "stack", opened)]));
  if (const std::string strength = key_of(flow, "strength", opened); flow.contains(strength)) {
    EXPECT_EQ(record.at("label").value("strength", ""), flow[strength].value_or(std::string()));
  }
  expect_app(record, flow, opened);
  std::vector<std::string> rules;
  for (const json& each : record.value("evidence", json::array())) rules.push_back(each.at("rule"));
  for (const std::string& rule : strings(flow[key_of(flow, "evidence", opened)])) {
    EXPECT_NE(std::find(rules.begin(), rules.end(), rule), rules.end()) << "no evidence " << rule;
  }
}

class Capture : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    capture_ = capture_of(GetParam());
    ASSERT_FALSE(capture_.empty()) << "no capture stands beside pcaps/" << GetParam() << ".toml";
    truth_ = toml::parse_file((fs::path(source_folder()) / "pcaps" / (GetParam() + ".toml")).string());
    ASSERT_NE(truth_["flow"].as_array(), nullptr);
  }

  bool has_hidden_stacks() const {
    const toml::array& flows = *truth_["flow"].as_array();
    return std::any_of(flows.begin(), flows.end(), [](const toml::node& each) {
      return each.as_table()->contains("stack_with_keys");
    });
  }

  void expect_truth(const std::vector<std::string>& options, Opened opened) {
    const std::vector<json> records = records_of(capture_, options);
    const toml::array& flows = *truth_["flow"].as_array();
    for (const toml::node& node : flows) {
      const toml::table& flow = *node.as_table();
      SCOPED_TRACE(flow["client"].value_or(std::string()) + " > " +
                   flow["server"].value_or(std::string()));
      const json* record = find_record(records, flow);
      ASSERT_NE(record, nullptr) << "no record of this flow";
      SCOPED_TRACE(record->dump());
      expect_flow(*record, flow, opened);
    }
    EXPECT_EQ(records.size() - flows.size(), truth_["other_flows"].value_or(size_t{0}));
  }

  fs::path capture_;
  toml::table truth_;
};

TEST_P(Capture, is_labelled_as_its_truth_file_says) {
  EXPECT_EQ(sha256_of(capture_), truth_["sha256"].value_or(std::string()));
  const bool carries_keys = has_hidden_stacks() && key_options(GetParam()).empty();
  expect_truth({}, carries_keys ? Opened::yes : Opened::no);
}

/// Those whose keys stand beside them.
class KeyedCapture : public Capture {};

TEST_P(KeyedCapture, shows_what_is_inside) {
  expect_truth(key_options(GetParam()), Opened::yes);
}

std::vector<std::string> keyed_truth_files() {
  std::vector<std::string> names = truth_files();
  std::erase_if(names, [](const std::string& each) { return key_options(each).empty(); });
  return names;
}

std::string test_name_of(const testing::TestParamInfo<std::string>& name) {
  std::string test_name = name.param;
  std::replace_if(test_name.begin(), test_name.end(), [](char c) { return !isalnum(c); }, '_');
  return test_name;
}

INSTANTIATE_TEST_SUITE_P(Pcaps, Capture, testing::ValuesIn(truth_files()), test_name_of);
INSTANTIATE_TEST_SUITE_P(Pcaps, KeyedCapture, testing::ValuesIn(keyed_truth_files()), test_name_of);

}  // namespace
}  // namespace parlance::test
