// Stream, signature scan, conversation, JSON record.
#include <benchmark/benchmark.h>
#include <fcntl.h>

#include "inspect/conversation.h"
#include "report/reporter.h"
#include "sample.h"
#include "stream/tcp_stream.h"
#include "verdict/judge.h"

namespace parlance::bench {
namespace {

struct CountingSink final : stream::Sink {
  size_t octets = 0, gaps = 0;
  void data(Bytes more, const stream::Origin&) override { octets += more.size(); }
  void gap(uint64_t, const stream::Origin&) override { ++gaps; }
  void end(const stream::Origin&) override {}
};

/// 64 segments of 1400 octets; with argument 1 each pair is swapped.
void tcp_stream(benchmark::State& state) {
  constexpr uint32_t kSegments = 64, kOctets = 1400;
  const Limits limits;
  stream::ReorderPool pool(limits);
  const std::vector<uint8_t> payload(kOctets, 'x');
  CountingSink sink;
  for (auto _ : state) {
    stream::TcpStream stream(pool);
    sink = {};
    stream::Segment syn;
    syn.flags = tcp_flag::kSyn;
    stream.segment(syn, sink);
    for (uint32_t i = 0; i < kSegments; ++i) {
      const uint32_t place = state.range(0) != 0 ? i ^ 1 : i;
      stream.segment({1 + place * kOctets, tcp_flag::kAck, payload, kOctets, false, {i, i, {}}},
                     sink);
    }
  }
  if (sink.octets != kSegments * kOctets || sink.gaps != 0) state.SkipWithError("octets were lost");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kSegments));
}
BENCHMARK(tcp_stream)->Arg(0)->Arg(1);

/// The first 4 KiB of a direction that is no protocol that anybody knows.
void scan_head(benchmark::State& state) {
  std::vector<uint8_t> octets(4096);
  uint32_t noise = 1;
  for (uint8_t& each : octets)
    each = static_cast<uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
  Scanner scanner(signatures());
  Hits hits;
  for (auto _ : state) {
    hits.clear();
    StreamScan scan;
    for (Bytes rest = octets; !rest.empty(); rest = rest.subspan(first_of(rest, 1400).size())) {
      scan.scan(scanner, Carrier::tcp, first_of(rest, 1400), Direction::to_server, hits);
    }
  }
  for (const Hit& hit : hits) {
    if (hit.end > octets.size()) state.SkipWithError("a hit past the end");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(octets.size()));
}
BENCHMARK(scan_head);

Verdict walk(inspect::Workbench& bench, const std::vector<Said>& talk) {
  inspect::FlowFacts facts;
  facts.tuple = packet_of(1, 1).tuple;
  inspect::Conversation conversation(bench, facts);
  uint64_t frame = 0;
  for (const Said& each : talk) {
    ++frame;
    if (!conversation.listening()) break;
    conversation.deliver(each.direction, as_bytes(each.octets), {frame, frame, {}});
  }
  return verdict::judge(conversation.channels(), conversation.evidence(), bench.signatures,
                        Transport::tcp);
}

void conversation(benchmark::State& state, const std::vector<Said>& talk, const char* protocol) {
  const Limits limits;
  inspect::Workbench bench(signatures(), limits);
  Verdict verdict;
  for (auto _ : state) verdict = walk(bench, talk);
  if (verdict.stack.back() != protocol) state.SkipWithError("not what was spoken");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(conversation, websocket, websocket_talk(), "websocket");
BENCHMARK_CAPTURE(conversation, http, http_talk(20'000), "http");
BENCHMARK_CAPTURE(conversation, unknown, {{Direction::to_server, std::string(600, '\x91')}}, "tcp");

void json_record(benchmark::State& state) {
  const Limits limits;
  inspect::Workbench bench(signatures(), limits);
  FlowRecord record;
  record.flow_id = 1;
  record.client = packet_of(1, 1).tuple.source;
  record.server = packet_of(1, 1).tuple.destination;
  record.verdict = walk(bench, websocket_talk());
  report::Output output = report::Output::to_descriptor(open("/dev/null", O_WRONLY), "nowhere");
  const auto reporter = report::make_json_reporter(output);
  for (auto _ : state) {
    output.buffer().clear();
    if (!reporter->flow(record)) state.SkipWithError("not written");
  }
  if (output.buffer().view().find("\"websocket\"") == std::string_view::npos) {
    state.SkipWithError("no record");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(json_record);

}  // namespace
}  // namespace parlance::bench
