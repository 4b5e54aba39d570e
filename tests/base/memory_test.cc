#include "base/memory.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(SizeToSetAside, is_enough_and_not_much_more) {
  for (size_t needed = 1; needed < 70'000; ++needed) {
    const size_t size = size_to_set_aside(needed);
    ASSERT_GE(size, needed);
    ASSERT_LT(size, needed + std::max<size_t>(needed / 4, 16)) << needed;
    ASSERT_EQ(size_to_set_aside(size), size) << needed;
  }
}

}  // namespace
}  // namespace parlance
