// libFuzzer's entry. PARLANCE_HARNESS is the function of harness.h that this program is for.
#include <cstddef>
#include <cstdint>

#include "harness.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  parlance::fuzz::PARLANCE_HARNESS({data, size});
  return 0;
}
