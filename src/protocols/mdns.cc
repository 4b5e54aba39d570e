// Multicast DNS (RFC 6762): DNS messages on port 5353. It is not asked who is where: anyone
// answers.
#include "protocols/support/dns_parser.h"

namespace parlance {

extern const ParserModule kMdns;
const ParserModule kMdns{"mdns", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<DnsDatagrams>(DnsDatagrams::Kind::mdns);
                         }};

}  // namespace parlance
