#include "report/text_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace parlance::report {
namespace {

TEST(TextBuffer, is_empty_at_first_and_takes_nothing) {
  TextBuffer buffer;
  EXPECT_EQ(buffer.view(), "");
  buffer.append("");
  EXPECT_EQ(buffer.size(), 0u);
  buffer.set_end(buffer.end());
  EXPECT_EQ(buffer.size(), 0u);
}

TEST(TextBuffer, keeps_what_is_there_when_it_grows) {
  std::mt19937 random(3);
  TextBuffer buffer;
  std::string all;
  for (int round = 0; round < 200; ++round) {
    const std::string more(random() % 500, static_cast<char>('a' + round % 26));
    buffer.append(more);
    all += more;
    ASSERT_EQ(buffer.view(), all);
  }
}

TEST(TextBuffer, takes_at_once_what_is_more_than_twice_as_long) {
  TextBuffer buffer;
  buffer.append("head ");
  const std::string large(100'000, 'x');
  buffer.append(large);
  EXPECT_EQ(buffer.view(), "head " + large);
}

TEST(TextBuffer, room_is_as_large_as_was_asked_for_and_behind_the_text) {
  TextBuffer buffer;
  std::string all;
  for (const size_t count : {size_t{1}, size_t{4096}, size_t{1}, size_t{4095}, size_t{20'000}}) {
    char* const at = buffer.room(count);
    ASSERT_EQ(at, buffer.end());
    ASSERT_GE(static_cast<size_t>(buffer.limit() - at), count);
    std::memset(at, 'r', count);
    buffer.set_end(at + count);
    all.append(count, 'r');
    ASSERT_EQ(buffer.view(), all);
  }
}

TEST(TextBuffer, room_that_was_not_used_is_no_text) {
  TextBuffer buffer;
  buffer.append("text");
  char* const at = buffer.room(10'000);
  at[0] = '!';
  buffer.set_end(at + 1);
  EXPECT_EQ(buffer.view(), "text!");
}

TEST(TextBuffer, keeps_its_memory_when_it_is_cleared) {
  TextBuffer buffer;
  buffer.append(std::string(10'000, 'x'));
  const char* const limit = buffer.limit();
  buffer.clear();
  EXPECT_EQ(buffer.view(), "");
  buffer.append("anew");
  EXPECT_EQ(buffer.view(), "anew");
  EXPECT_EQ(buffer.limit(), limit);
}

}  // namespace
}  // namespace parlance::report
