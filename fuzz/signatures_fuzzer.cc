// A signature file, or a cache of them. Users write these, so they are not hostile; but no file may
// crash the program.
#include <algorithm>

#include "harness.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"
#include "signatures/signature_cache.h"

namespace parlance::fuzz {

void run_signatures(Bytes input) {
  // Hyperscan takes as long as an expression deserves; what it does with long ones is its own
  // affair.
  constexpr size_t kCompiledOctets = 4096;
  const LoaderContext context{[](std::string_view) { return true; }, ""};
  Loaded loaded = load_signature_text(as_text(input), "fuzz.toml", context);
  for (const Error& error : loaded.errors) {
    if (error.text().empty()) __builtin_trap();
  }
  const auto cached = deserialised(as_bytes(serialised(loaded.signatures)), context);
  if (!cached || *cached != loaded.signatures) __builtin_trap();
  deserialised(input, context);
  if (!loaded.errors.empty() || input.size() > kCompiledOctets) return;
  if (loaded.signatures.empty()) return;
  const auto set = SignatureSet::build(std::move(loaded.signatures), "");
  if (!set) return;  // an error with its place is an answer
  Scanner scanner(**set);
  Hits hits;
  scanner.scan_message(Carrier::udp, input, Direction::to_server, hits);
  StreamScan stream;
  stream.scan(scanner, Carrier::tcp, input, Direction::to_client, hits);
  for (const Hit& hit : hits) {
    if (hit.start > hit.end || hit.end > input.size()) __builtin_trap();
  }
}

}  // namespace parlance::fuzz
