// Reader, decoder, flow table.
#include <benchmark/benchmark.h>

#include "decode/decoder.h"
#include "flow/flow.h"
#include "flow/flow_table.h"
#include "sample.h"

namespace parlance::bench {
namespace {

void reader(benchmark::State& state) {
  const Limits limits;
  const auto file = pcap_file(10'000, 100);
  size_t packets = 0;
  for (auto _ : state) {
    packets = 0;
    for_each_packet(file, limits, [&](const RawPacket&) { ++packets; });
  }
  if (packets != 10'000) state.SkipWithError("not all packets were read");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(packets));
}
BENCHMARK(reader);

void decoder(benchmark::State& state) {
  const Limits limits;
  const auto file = pcap_file(10'000, 100);
  std::vector<RawPacket> packets;
  for_each_packet(file, limits, [&](const RawPacket& each) { packets.push_back(each); });
  decode::Decoder decoder(limits, decode::Checksums::automatic);
  size_t octets = 0;
  for (auto _ : state) {
    octets = 0;
    for (const RawPacket& each : packets) {
      DecodedPacket out;
      if (decoder.decode(each, out) == decode::Outcome::packet) octets += out.payload.size();
    }
  }
  if (octets != 10'000 * 120) state.SkipWithError("not all payload came out");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(packets.size()));
}
BENCHMARK(decoder);

/// Packets of so many flows in turn, in the batches in which the worker takes them.
void flow_table(benchmark::State& state) {
  constexpr size_t kBatch = 32;
  const auto flows = static_cast<uint32_t>(state.range(0));
  auto table = std::make_unique<flow::FlowTable<flow::Flow>>(flow::FlowHasher(1));
  uint64_t ordinal = 0;
  for (auto _ : state) {
    DecodedPacket packets[kBatch];
    flow::FlowKey keys[kBatch];
    uint64_t hashes[kBatch];
    for (size_t i = 0; i < kBatch; ++i) {
      packets[i] = packet_of(static_cast<uint32_t>(ordinal * 7919 % flows), ordinal + 1);
      ++ordinal;
      keys[i] = flow::FlowKey::of(packets[i], false);
      hashes[i] = table->hash(keys[i]);
      table->prefetch(hashes[i]);
    }
    for (const uint64_t hash : hashes) table->prefetch_entry(hash);
    for (size_t i = 0; i < kBatch; ++i) {
      const auto found = table->find_or_insert(hashes[i], keys[i], packets[i]);
      flow::Flow& flow = (*table)[found.index];
      flow.update(packets[i]);
      table->touch(found.index, packets[i].clock, flow.timeout_class(),
                   flow::worth_of(flow, false));
    }
  }
  if (table->size() != std::min<uint64_t>(flows, ordinal)) state.SkipWithError("flows were lost");
  state.SetItemsProcessed(static_cast<int64_t>(ordinal));
}
BENCHMARK(flow_table)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace parlance::bench
