// A few signatures, compiled: enough to tell what the engine does with what they say.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/parser.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"

namespace parlance::test {

inline std::string signature(const std::string& name, const std::string& carriers,
                      const std::string& body) {
  return "schema = 1\nname = \"" + name + "\"\ntitle = \"x\"\nclass = \"open\"\ncarried_by = [" +
         carriers + "]\n" + body;
}
inline std::string pattern(const std::string& id, const std::string& rest) {
  return "[[pattern]]\nid = \"" + id + "\"\nsays = \"it says " + id + "\"\n" + rest + "\n";
}
inline std::string rule(const std::string& strength, const std::string& rest) {
  return "[[rule]]\nstrength = \"" + strength + "\"\n" + rest + "\n";
}

inline std::unique_ptr<SignatureSet> set_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<Signature> signatures;
  const LoaderContext context{[](std::string_view name) { return find_parser(name) != nullptr; }, {}};
  for (const auto& [name, text] : files) {
    Loaded loaded = load_signature_text(text, name + ".toml", context);
    for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
    for (Signature& each : loaded.signatures) signatures.push_back(std::move(each));
  }
  return *SignatureSet::build(std::move(signatures), "");
}

/// HTTP, SCCP and STUN by their parsers, PROXY headers that nest, and a protocol without a parser.
inline const SignatureSet& few_signatures() {
  static const auto kSet = set_of({
      {"addressed",
       signature("addressed", R"("tcp")",
                 pattern("address", "in = \"server.address\"\nregex = '^10\\.0\\.0\\.9$'") +
                     rule("hint", "any = [\"address\"]"))},
      {"http", signature("http", R"("tcp")",
                         pattern("request",
                                 "in = \"stream\"\nfrom = \"client\"\nat = 0\n"
                                 "regex = 'GET /'") +
                             rule("proof", "any = [\"request\"]\nverify = \"http1\""))},
      {"irc-dcc", signature("irc-dcc", R"("tcp")",
                            pattern("start", "in = \"stream\"\nat = 0\nhex = \"00 44 43 43\"") +
                                rule("hint", "any = [\"start\"]"))},
      {"marked", signature("marked", R"("tcp", "udp", "http")",
                           pattern("marker", "in = \"stream\"\ntext = \"MARKED-OCTETS\"") +
                               pattern("message", "in = \"message\"\ntext = \"MARKED-OCTETS\"") +
                               rule("strong", "any = [\"marker\", \"message\"]"))},
      {"named", signature("named", R"("tcp")",
                          "app = \"named\"\n" +
                              pattern("host", "in = \"http.host\"\nsuffix = [\"example.com\"]") +
                              pattern("dns", "in = \"dns.name\"\nsuffix = [\"example.com\"]") +
                              rule("hint", "any = [\"host\"]") + rule("hint", "any = [\"dns\"]"))},
      {"ported", signature("ported", R"("tcp")",
                           pattern("frame",
                                   "in = \"stream\"\nfrom = \"client\"\nat = 0\n"
                                   "hex = \"05 64 05 c0\"") +
                               pattern("port", "in = \"server.port\"\nregex = '^20000$'") +
                               rule("strong", "all = [\"frame\", \"port\"]"))},
      {"proxy-protocol",
       signature("proxy-protocol", R"("tcp")",
                 pattern("line", "in = \"stream\"\nat = 0\ntext = \"PROXY \"") +
                     rule("proof", "any = [\"line\"]\nverify = \"proxy_protocol\""))},
      {"sccp", signature("sccp", R"("tcp")",
                         pattern("header", "in = \"stream\"\nat = 0\nhex = \"04 00 00 00 14\"") +
                             rule("proof", "any = [\"header\"]\nverify = \"sccp\""))},
      {"stun", signature("stun", R"("udp")",
                         pattern("cookie", "in = \"message\"\nat = 4\nhex = \"21 12 a4 42\"") +
                             rule("proof", "any = [\"cookie\"]\nverify = \"stun\""))},
      {"weak",
       signature("weak", R"("tcp")",
                 pattern("octet", "in = \"stream\"\nfrom = \"client\"\nat = 0\nhex = \"7a\"") +
                     rule("hint", "any = [\"octet\"]"))},
      {"xmpp", signature("xmpp", R"("tcp")",
                         pattern("version", "in = \"stream\"\nregex = 'version=.1\\.0.[ >]'") +
                             pattern("port", "in = \"server.port\"\nregex = '^5222$'") +
                             rule("proof", "any = [\"version\"]\nverify = \"xmpp\"") +
                             rule("hint", "any = [\"port\"]"))},
  });
  return *kSet;
}

}  // namespace parlance::test
