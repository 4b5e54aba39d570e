// The names in an X.509 certificate.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// The DNS names of a certificate (RFC 5280), subjectAltName entries first, then the subject's
/// common name if it is not among them; lower case, at most `limit`. Empty if `der` is no
/// certificate. Nothing is verified: a certificate says what its sender wishes.
std::vector<std::string> certificate_names(Bytes der, size_t limit);

/// The organisation and the common name of the one who issued a certificate, as written; none if it
/// has neither. Nothing is verified here, either.
std::vector<std::string> certificate_issuer(Bytes der);

}  // namespace parlance
