// Data runs one way: which folder may include which (docs/ARCHITECTURE.md).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "support/checkout.h"

namespace {

namespace fs = std::filesystem;
using Folders = std::set<std::string>;

const std::map<std::string, Folders>& allowed() {
  static const std::map<std::string, Folders> kTable = {
      {"base", {}},
      {"model", {"base"}},
      {"capture", {"base", "model"}},
      {"decode", {"base", "model"}},
      {"stream", {"base", "model"}},
      {"secrets", {"base"}},
      {"protocols", {"base", "model", "secrets"}},
      {"signatures", {"base", "model"}},
      {"flow", {"base", "model", "decode"}},
      {"verdict", {"base", "model", "signatures"}},
      {"inspect", {"base", "model", "secrets", "stream", "protocols", "signatures", "verdict"}},
      {"report", {"base", "model", "flow", "verdict"}},
      {"cli", {"base"}},
  };
  return kTable;
}

/// Which outside header is seen in which folders only.
const std::map<std::string, Folders>& outside() {
  static const std::map<std::string, Folders> kTable = {
      {"pcap", {"capture"}},        {"hs", {"signatures"}},  {"toml++", {"signatures"}},
      {"CLI", {"cli"}},             {"expat", {"protocols"}}, {"openssl", {"protocols", "flow", "secrets"}},
      {"zstd", {"capture", "protocols"}}, {"lz4frame", {"capture"}}, {"lz4", {"capture"}},
      {"zlib", {"capture", "protocols"}}, {"nghttp2", {"protocols"}}, {"nghttp3", {"protocols"}},
  };
  return kTable;
}

void check_file(const fs::path& file, const std::string& folder) {
  static const std::regex kOurs("^#include \"([a-z]+)/.*");
  static const std::regex kTheirs("^#include <([A-Za-z0-9+]+)[/.].*");
  std::ifstream stream(file);
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    const bool is_at_the_top = folder.empty();  // the pipeline and main: all that is ours
    if (!is_at_the_top && std::regex_match(line, match, kOurs) && match[1] != folder) {
      EXPECT_TRUE(allowed().at(folder).contains(match[1])) << file << ": " << line;
    }
    if (std::regex_match(line, match, kTheirs) && outside().contains(match[1])) {
      EXPECT_TRUE(outside().at(match[1]).contains(folder)) << file << ": " << line;
    }
  }
}

TEST(IncludeTable, every_folder_includes_only_what_stands_before_it) {
  size_t files = 0;
  const fs::path source = fs::path(parlance::test::source_folder()) / "src";
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    const fs::path relative = fs::relative(entry.path(), source);
    const bool is_at_the_top = relative.begin() == std::prev(relative.end());
    const std::string folder = is_at_the_top ? "" : relative.begin()->string();
    ASSERT_TRUE(is_at_the_top || allowed().contains(folder)) << folder << " is not in the table";
    check_file(entry.path(), folder);
    ++files;
  }
  EXPECT_GT(files, 30u);
}

}  // namespace
