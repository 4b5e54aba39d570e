#include "base/memory.h"

#include <atomic>
#include <cstdint>

namespace parlance {
namespace {

constexpr int64_t kStep = 64 * 1024;  // that a thread keeps to itself

std::atomic<int64_t> told{0};
thread_local int64_t untold = 0;
std::atomic<void (*)()> give_back_at_once{nullptr};

}  // namespace

size_t memory_in_use() {
  const int64_t octets = told.load(std::memory_order_relaxed);
  return octets > 0 ? static_cast<size_t>(octets) : 0;
}

void count_memory(ptrdiff_t change) {
  untold += change;
  if (untold < kStep && untold > -kStep) return;
  told.fetch_add(untold, std::memory_order_relaxed);
  untold = 0;
}

void when_memory_is_short(void (*give_back)()) {
  give_back_at_once = give_back;
}

void memory_is_short() {
  if (give_back_at_once.load(std::memory_order_relaxed) == nullptr) return;
  if (void (*const give_back)() = give_back_at_once.exchange(nullptr)) give_back();
}

}  // namespace parlance
