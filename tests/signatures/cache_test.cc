#include "signatures/cache.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "signatures/loader.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

/// A folder for one test, in which the cache may make its own.
class Cache : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "parlance-XXXXXX").string();
    base_ = mkdtemp(name.data());
    folder_ = base_ / "cache" / "parlance";
  }
  void TearDown() override { fs::remove_all(base_); }

  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    if (!fs::exists(folder_)) return found;
    for (const auto& each : fs::directory_iterator(folder_)) found.push_back(each.path());
    return found;
  }
  static std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  }

  fs::path base_, folder_;
};

std::vector<Signature> signatures(const std::string& text = "HELLO") {
  Loaded loaded = load_signature_text(
      "schema = 1\nname = \"probe\"\ntitle = \"Probe\"\nclass = \"open\"\n"
      "[[pattern]]\nid = \"s\"\nin = \"stream\"\nsays = \"x\"\ntext = \"" +
          text +
          "\"\n"
          "[[pattern]]\nid = \"m\"\nin = \"message\"\nsays = \"x\"\ntext = \"" +
          text +
          "\"\n"
          "[[rule]]\nstrength = \"hint\"\nany = [\"s\", \"m\"]\n",
      "probe.toml", {});
  EXPECT_TRUE(loaded.errors.empty());
  return std::move(loaded.signatures);
}

/// Builds a set with the cache and says whether it finds what it is to find.
bool works(const fs::path& folder, const std::string& text = "HELLO") {
  const auto set = SignatureSet::build(signatures(text), folder.string());
  if (!set) return false;
  Scanner scanner(**set);
  StreamScan scan;
  Hits hits;
  scan.scan(scanner, Carrier::tcp, as_bytes(text), Direction::to_server, hits);
  scanner.scan_message(Carrier::tcp, as_bytes(text), Direction::to_server, hits);
  return hits.size() == 2;
}

TEST_F(Cache, is_written_once_and_read_again) {
  EXPECT_TRUE(works(folder_));
  ASSERT_EQ(files().size(), 1u);
  const auto written = fs::last_write_time(files()[0]);
  EXPECT_TRUE(works(folder_));
  ASSERT_EQ(files().size(), 1u);
  EXPECT_EQ(fs::last_write_time(files()[0]), written);
}

TEST_F(Cache, belongs_to_its_owner_alone) {
  ASSERT_TRUE(works(folder_));
  const auto others = fs::perms::group_all | fs::perms::others_all;
  EXPECT_EQ(fs::status(files()[0]).permissions() & others, fs::perms::none);
  EXPECT_EQ(fs::status(folder_).permissions() & others, fs::perms::none);
}

TEST_F(Cache, other_patterns_have_another_file) {
  EXPECT_TRUE(works(folder_, "HELLO"));
  EXPECT_TRUE(works(folder_, "WORLD"));
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(Cache, keeps_the_newest_files_only) {
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(works(folder_, "HELLO" + std::to_string(i)));
  EXPECT_EQ(files().size(), 8u);
}

TEST_F(Cache, a_file_damaged_anywhere_is_compiled_again) {
  ASSERT_TRUE(works(folder_));
  const fs::path file = files()[0];
  const std::string good = read(file);
  for (size_t at = 0; at < good.size(); at += 1 + good.size() / 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    write(file, bad);
    EXPECT_TRUE(works(folder_)) << at;
    EXPECT_TRUE(read(file) == good) << at;
  }
}

TEST_F(Cache, a_file_cut_off_anywhere_is_compiled_again) {
  ASSERT_TRUE(works(folder_));
  const fs::path file = files()[0];
  const std::string good = read(file);
  for (size_t length = 0; length < good.size(); length += 1 + good.size() / 97) {
    write(file, good.substr(0, length));
    EXPECT_TRUE(works(folder_)) << length;
    EXPECT_TRUE(read(file) == good) << length;
  }
}

TEST_F(Cache, a_file_that_others_may_write_is_not_trusted) {
  ASSERT_TRUE(works(folder_));
  const fs::path file = files()[0];
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(works(folder_));
  EXPECT_EQ(fs::status(files()[0]).permissions() & fs::perms::others_write, fs::perms::none)
      << "it was written anew";
}

TEST_F(Cache, a_folder_that_cannot_be_made_is_no_error) {
  write(base_ / "file", "");
  EXPECT_TRUE(works(base_ / "file" / "cache"));
}

TEST_F(Cache, without_a_folder_nothing_is_written) {
  EXPECT_TRUE(works(""));
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace parlance
