// What the program says of each flow of a capture, without starting it.
#pragma once

#include <string>
#include <vector>

#include "model/flow_record.h"

namespace parlance::test {

/// The records of a capture, in the order of their flows' first packets.
std::vector<FlowRecord> records_of(const std::string& capture);

/// The captures that properties are tried on: those of pcaps/, or those that the file named by
/// PARLANCE_PROPERTY_CAPTURES lists.
std::vector<std::string> property_captures();

}  // namespace parlance::test
