// Names that TLS client hellos bear in the clear while the name they mean is encrypted: the public_name
// of ECH configurations (RFC 9849 section 4), as their operators publish them in DNS. Whoever has such a
// name beside the extension hides another; without the extension the name means itself.
//
// Seen in published configurations, November 2026. To look one up: the HTTPS record of a site, its
// parameter `ech`. A name that is missing here costs nothing but the word "hidden".
#include <algorithm>
#include <array>

#include "protocols/support/tls_hello.h"

namespace parlance {
namespace {

constexpr std::array<std::string_view, 3> kNames = {
    "cloudflare-ech.com",  // all of Cloudflare's customers (developers.cloudflare.com, edge-certificates/ech)
    "cover.defo.ie",       // the DEfO project's servers (curl's docs/ECH.md)
    "public.tls-ech.dev",  // BoringSSL's test server
};

}  // namespace

bool is_ech_public_name(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace parlance
