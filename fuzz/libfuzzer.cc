// libFuzzer's entry. PARLANCE_HARNESS is the function of harness.h that this program is for.
#include <cstddef>
#include <cstdint>

#include "harness.h"

/// What a harness makes once (the captures' one compiles all signatures) is made before the time-out of
/// a single input begins to count.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  parlance::fuzz::PARLANCE_HARNESS({});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  parlance::fuzz::PARLANCE_HARNESS({data, size});
  return 0;
}
