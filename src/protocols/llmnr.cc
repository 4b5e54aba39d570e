// LLMNR (RFC 4795): DNS messages on port 5355, answered by whoever has the name.
#include "protocols/support/dns_parser.h"

namespace parlance {

extern const ParserModule kLlmnr;
const ParserModule kLlmnr{"llmnr", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<DnsDatagrams>(DnsDatagrams::Kind::llmnr);
                          }};

}  // namespace parlance
