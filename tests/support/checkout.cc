#include "support/checkout.h"

namespace parlance::test {

std::string source_folder() { return PARLANCE_SOURCE_DIR; }

const char* program_path() { return PARLANCE_PROGRAM; }

}  // namespace parlance::test
