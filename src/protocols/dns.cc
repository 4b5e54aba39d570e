// DNS in datagrams (RFC 1035) on any port and in HTTP bodies (RFC 8484); the answers name the
// addresses of later flows.
#include "protocols/support/dns_parser.h"

namespace parlance {

extern const ParserModule kDns;
const ParserModule kDns{"dns", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<DnsDatagrams>(DnsDatagrams::Kind::dns);
                        }};

}  // namespace parlance
