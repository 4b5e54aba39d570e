// Names of TLS alerts.
#pragma once

#include <cstdint>
#include <string>

namespace parlance {

/// The name of an alert description (IANA TLS Alerts), its number in decimal if it has none.
std::string tls_alert_name(uint8_t description);

}  // namespace parlance
