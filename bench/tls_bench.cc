// Decryption of TLS records, and what a flow costs before its first one.
#include <benchmark/benchmark.h>

#include "protocols/support/tls_key_schedule.h"
#include "protocols/support/tls_record_opener.h"
#include "sample.h"

namespace parlance::bench {
namespace {

/// Arguments: the suite, and octets of content.
void tls_record(benchmark::State& state) {
  constexpr size_t kRecords = 64;
  const TlsCipherSuite suite = *tls_cipher_suite(static_cast<uint16_t>(state.range(0)));
  const auto octets = static_cast<size_t>(state.range(1));
  const TlsRecords records = tls_records(suite, kRecords, octets);
  size_t opened = 0;
  for (auto _ : state) {
    const auto opener = make_tls13_opener(suite, records.secret);
    opened = 0;
    for (const auto& body : records.bodies) {
      const auto record = opener->open(records.header, body);
      if (record) opened += record->content.size();
    }
  }
  if (opened != kRecords * octets) state.SkipWithError("not all records were opened");
  state.SetLabel(suite.name());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kRecords * octets));
}
BENCHMARK(tls_record)->ArgsProduct({{0x1301, 0x1302, 0x1303}, {1400, 16 * 1024}});

void tls13_opener(benchmark::State& state) {
  const TlsCipherSuite suite = *tls_cipher_suite(0x1301);
  const std::vector<uint8_t> secret = noise(32);
  for (auto _ : state) {
    auto opener = make_tls13_opener(suite, secret);
    if (!opener) return state.SkipWithError("there is no opener");
    benchmark::DoNotOptimize(opener);
  }
}
BENCHMARK(tls13_opener);

/// The keys of both directions from the master secret, and their openers.
void tls12_openers(benchmark::State& state) {
  const TlsCipherSuite suite = *tls_cipher_suite(static_cast<uint16_t>(state.range(0)));
  const TlsMasterSecret master{1};
  const std::vector<uint8_t> random = noise(32);
  for (auto _ : state) {
    const TlsKeys keys = tls12_keys(0x0303, suite, master, {random, random});
    auto client = make_tls12_opener(suite, 0x0303, keys.client);
    auto server = make_tls12_opener(suite, 0x0303, keys.server);
    if (!client || !server) return state.SkipWithError("there is no opener");
    benchmark::DoNotOptimize(client);
    benchmark::DoNotOptimize(server);
  }
  state.SetLabel(suite.name());
}
BENCHMARK(tls12_openers)->Arg(0xc02f)->Arg(0xc013);

}  // namespace
}  // namespace parlance::bench
