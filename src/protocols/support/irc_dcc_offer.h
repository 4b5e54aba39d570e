// What a message of IRC offers to fetch from its sender directly (DCC).
#pragma once

#include <optional>
#include <string_view>

#include "model/five_tuple.h"

namespace parlance {

/// Where the file or the chat waits that `text` offers:
///
///   01 "DCC SEND" name address port [size] 01        01 "DCC CHAT" kind address port 01
///
/// An address of IPv4 is one number. Nothing if it offers none, or waits for an answer (port 0).
std::optional<Endpoint> read_irc_dcc_offer(std::string_view text);

}  // namespace parlance
