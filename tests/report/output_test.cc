#include "report/output.h"

#include <csignal>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace parlance;
using namespace parlance::report;

std::string read_all(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Output, writes_a_file) {
  const std::string file = ::testing::TempDir() + "parlance-output";
  {
    auto output = Output::open(file);
    ASSERT_TRUE(output);
    output->write("one\n");
    Output moved = std::move(*output);
    moved.write("two\n");
    EXPECT_TRUE(moved.flush());
  }
  EXPECT_EQ(read_all(file), "one\ntwo\n");
}

TEST(Output, says_which_file_cannot_be_opened) {
  const auto output = Output::open("/nowhere/at/all");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().where, "/nowhere/at/all");
}

TEST(Output, a_full_disk_is_an_error_that_stays) {
  const int full = ::open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "no /dev/full";
  Output output = Output::to_descriptor(full, "full");
  output.write("text");
  const auto flushed = output.flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().text().find("full"), std::string::npos);
  EXPECT_FALSE(output.good());
  EXPECT_FALSE(output.closed());
  ::close(full);
}

TEST(Output, a_reader_that_went_away_is_no_error) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  Output output = Output::to_descriptor(ends[1], "a pipe");
  output.write("text");
  EXPECT_TRUE(output.flush());
  EXPECT_TRUE(output.closed());
  ::close(ends[1]);
}

TEST(Output, opens_again_under_its_name_after_rotation) {
  const std::string file = ::testing::TempDir() + "parlance-rotated";
  auto output = Output::open(file);
  ASSERT_TRUE(output);
  output->write("old\n");
  ASSERT_TRUE(output->flush());
  ASSERT_EQ(std::rename(file.c_str(), (file + ".1").c_str()), 0);
  ASSERT_TRUE(output->reopen());
  output->write("new\n");
  ASSERT_TRUE(output->flush());
  EXPECT_EQ(read_all(file + ".1"), "old\n");
  EXPECT_EQ(read_all(file), "new\n");
}

}  // namespace
