#include "support/labels.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "pipeline.h"
#include "setup.h"
#include "support/run_program.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;

class Keeper final : public report::Reporter {
 public:
  explicit Keeper(std::vector<FlowRecord>& records) : records_(records) {}
  Result<void> flow(const FlowRecord& record) override {
    records_.push_back(record);
    return {};
  }
  Result<void> finish(const report::Totals&) override { return {}; }

 private:
  std::vector<FlowRecord>& records_;
};

/// Compiled once for all tests of this process.
const SignatureSet& signatures() {
  static const std::unique_ptr<SignatureSet> kSet = [] {
    cli::Options options;
    options.cache = false;
    std::vector<Error> mistakes;
    auto set = load_signature_set(options, mistakes);
    if (!set) ADD_FAILURE() << set.error().text();
    return std::move(*set);
  }();
  return *kSet;
}

}  // namespace

std::vector<FlowRecord> records_of(const std::string& capture) {
  std::vector<FlowRecord> records;
  const auto ran = run_file(capture, signatures(), std::make_unique<Keeper>(records));
  EXPECT_TRUE(ran) << ran.error().text();
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.flow_id < b.flow_id; });
  return records;
}

std::vector<std::string> property_captures() {
  std::vector<std::string> captures;
  if (const char* list = std::getenv("PARLANCE_PROPERTY_CAPTURES")) {
    std::ifstream lines(list);
    for (std::string line; std::getline(lines, line);) captures.push_back(line);
    return captures;
  }
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(source_folder()) / "pcaps", none)) {
    const std::string extension = entry.path().extension();
    if (extension == ".pcap" || extension == ".pcapng") captures.push_back(entry.path());
  }
  std::sort(captures.begin(), captures.end());
  return captures;
}

}  // namespace parlance::test
