// Where things are. One file is told by the build, so that all others compile to the same in every checkout.
#pragma once

#include <string>

namespace parlance::test {

/// The folder of the project's sources.
std::string source_folder();

/// The program that was built beside the tests.
const char* program_path();

}  // namespace parlance::test
