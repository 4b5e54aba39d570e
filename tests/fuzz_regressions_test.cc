// Every input that once broke a fuzzing harness, through the same code without libFuzzer. A file in
// fuzz/regressions/HARNESS/ is a test by being there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "../fuzz/harness.h"
#include "support/checkout.h"

namespace parlance::test {
namespace {

namespace fs = std::filesystem;

struct Harness {
  const char* name;
  void (*run)(Bytes);
};
constexpr Harness kHarnesses[] = {{"parsers", fuzz::run_parsers},
                                  {"quic", fuzz::run_quic},
                                  {"captures", fuzz::run_captures},
                                  {"signatures", fuzz::run_signatures}};

class FuzzRegressions : public testing::TestWithParam<Harness> {};

TEST_P(FuzzRegressions, run_to_their_end) {
  const fs::path folder = fs::path(source_folder()) / "fuzz/regressions" / GetParam().name;
  if (!fs::exists(folder)) GTEST_SKIP() << "nothing has broken this harness yet";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    SCOPED_TRACE(file);
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> octets(std::istreambuf_iterator<char>(stream), {});
    GetParam().run(as_bytes({octets.data(), octets.size()}));
  }
}

INSTANTIATE_TEST_SUITE_P(Harnesses, FuzzRegressions, testing::ValuesIn(kHarnesses),
                         [](const auto& harness) { return std::string(harness.param.name); });

}  // namespace
}  // namespace parlance::test
