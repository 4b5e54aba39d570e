// parlance_stages STAGE COUNT: does the same work each time, so that its instructions can be
// counted: bench/instructions does, with callgrind, of what measured() calls. Without arguments it
// lists the stages: name, count that is enough, what an operation is.
//
// Only what the folders offer to one another is used, so that the figures stay comparable when the
// inside changes.
#include <charconv>
#include <functional>
#include <optional>

#include <fcntl.h>
#include <fmt/core.h>

#include "decode/decoder.h"
#include "flow/flow.h"
#include "flow/flow_table.h"
#include "inspect/conversation.h"
#include "pipeline.h"
#include "protocols/support/tls_record_opener.h"
#include "report/reporter.h"
#include "sample.h"
#include "stream/tcp_stream.h"

namespace parlance::bench {
namespace {

/// Does so many operations; false if the answer was wrong.
using Work = std::function<bool(size_t)>;

const Limits kLimits;

// ---- packets -----------------------------------------------------------------------------------

Work reader() {
  constexpr size_t kPackets = 1000;
  return [file = pcap_file(kPackets, 100)](size_t count) {
    size_t packets = 0;
    for (size_t i = 0; i < count; i += kPackets) {
      for_each_packet(file, kLimits, [&](const RawPacket&) { ++packets; });
    }
    return packets >= count;
  };
}

/// The sums of these frames are wrong, so each counts: none was passed over.
Work decoder() {
  const auto decoder = std::make_shared<decode::Decoder>(kLimits, decode::Checksums::all);
  const auto frame = std::make_shared<const std::vector<uint8_t>>(
      tcp_frame(1, 1, tcp_flag::kAck, std::vector<uint8_t>(120, 'x')));
  return [decoder, frame](size_t count) {
    const uint64_t before = decoder->counters().bad_checksums;
    RawPacket raw;
    raw.octets = *frame;
    raw.original_length = static_cast<uint32_t>(frame->size());
    for (size_t i = 0; i < count; ++i) {
      DecodedPacket out;
      if (decoder->decode(raw, out) != decode::Outcome::packet) return false;
    }
    return decoder->counters().bad_checksums - before == count;
  };
}

/// Packets of a thousand flows in turn, each a look-up and an update.
Work flow_table() {
  constexpr uint32_t kFlows = 1000;
  using Table = flow::FlowTable<flow::Flow>;
  const auto table = std::make_shared<Table>(flow::FlowHasher(1));
  return [table, ordinal = uint64_t{0}](size_t count) mutable {
    for (size_t i = 0; i < count; ++i) {
      const auto packet = packet_of(static_cast<uint32_t>(ordinal % kFlows), ordinal + 1);
      ++ordinal;
      const auto key = flow::FlowKey::of(packet, false);
      const auto found = table->find_or_insert(table->hash(key), key, packet);
      flow::Flow& flow = (*table)[found.index];
      flow.update(packet);
      table->touch(found.index, packet.clock, flow.timeout_class(), flow::worth_of(flow, false));
    }
    return table->size() == std::min<uint64_t>(kFlows, ordinal);
  };
}

// ---- octets ------------------------------------------------------------------------------------

struct CountingSink final : stream::Sink {
  size_t octets = 0;
  void data(Bytes more, const stream::Origin&) override { octets += more.size(); }
  void gap(uint64_t, const stream::Origin&) override {}
  void end(const stream::Origin&) override {}
};

Work tcp_stream() {
  constexpr uint32_t kOctets = 1400;
  return [payload = std::vector<uint8_t>(kOctets, 'x')](size_t count) {
    stream::ReorderPool pool(kLimits);
    stream::TcpStream stream(pool);
    CountingSink sink;
    stream::Segment syn;
    syn.flags = tcp_flag::kSyn;
    stream.segment(syn, sink);
    for (uint32_t i = 0; i < count; ++i) {
      stream.segment({1 + i * kOctets, tcp_flag::kAck, payload, kOctets, false, {i, i, {}}}, sink);
    }
    return sink.octets == count * kOctets;
  };
}

/// The first 4 KiB of a direction, in segments of 1400, from opening to closing.
Work scan_head() {
  const auto scanner = std::make_shared<Scanner>(signatures());
  return [scanner, octets = noise(4096)](size_t count) {
    Hits hits;
    for (size_t i = 0; i < count; ++i) {
      hits.clear();
      StreamScan scan;
      for (Bytes rest = octets; !rest.empty(); rest = rest.subspan(first_of(rest, 1400).size())) {
        scan.scan(*scanner, Carrier::tcp, first_of(rest, 1400), Direction::to_server, hits);
      }
    }
    return hits.empty() || hits.back().end <= octets.size();
  };
}

Work scan_datagram() {
  const auto scanner = std::make_shared<Scanner>(signatures());
  return [scanner, octets = noise(1400)](size_t count) {
    Hits hits;
    for (size_t i = 0; i < count; ++i) {
      hits.clear();
      scanner->scan_message(Carrier::udp, octets, Direction::to_server, hits);
    }
    return hits.empty() || hits.back().end <= octets.size();
  };
}

// ---- conversations -----------------------------------------------------------------------------

/// From the first octet until nobody listens; something must have been recognised.
Work conversation(std::vector<Said> talk) {
  const auto bench = std::make_shared<inspect::Workbench>(signatures(), kLimits);
  return [bench, talk = std::move(talk)](size_t count) {
    inspect::FlowFacts facts;
    facts.tuple = packet_of(1, 1).tuple;
    bool recognised = true;
    for (size_t i = 0; i < count; ++i) {
      inspect::Conversation conversation(*bench, facts);
      uint64_t frame = 0;
      for (const Said& each : talk) {
        ++frame;
        if (!conversation.listening()) break;
        conversation.deliver(each.direction, as_bytes(each.octets), {frame, frame, {}});
      }
      recognised = recognised && conversation.revision() != 0;
    }
    return recognised;
  };
}

/// A record of TLS 1.3, opened.
Work tls_record() {
  constexpr size_t kRecords = 64, kOctets = 16 * 1024;
  const TlsCipherSuite suite = *tls_cipher_suite(0x1301);
  return [suite, records = tls_records(suite, kRecords, kOctets)](size_t count) {
    std::unique_ptr<TlsRecordOpener> opener;
    for (size_t i = 0; i < count; ++i) {
      if (i % kRecords == 0) opener = make_tls13_opener(suite, records.secret);
      const auto record = opener->open(records.header, records.bodies[i % kRecords]);
      if (!record || record->content.size() != kOctets) return false;
    }
    return true;
  };
}

// ---- records, and everything -------------------------------------------------------------------

/// Keeps the last record.
struct Keeper final : report::Reporter {
  explicit Keeper(std::optional<FlowRecord>& place) : kept(place) {}
  Result<void> flow(const FlowRecord& record) override {
    kept = record;
    return {};
  }
  Result<void> finish(const report::Totals&) override { return {}; }
  std::optional<FlowRecord>& kept;
};

std::string capture_of(const char* name) {
  return fmt::format("{}/pcaps/{}", PARLANCE_SOURCE_DIR, name);
}

Work json_record() {
  std::optional<FlowRecord> record;
  const auto ran =
      run_file(capture_of("xmpp-websocket.pcapng"), signatures(), std::make_unique<Keeper>(record));
  if (!ran || !record) return [](size_t) { return false; };
  const auto output = std::make_shared<report::Output>(
      report::Output::to_descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC), "nowhere"));
  const std::shared_ptr<report::Reporter> reporter = report::make_json_reporter(*output);
  return [output, reporter, record = *record](size_t count) {
    for (size_t i = 0; i < count; ++i) {
      output->buffer().clear();
      if (!reporter->flow(record)) return false;
    }
    return output->buffer().view().find("\"xmpp\"") != std::string_view::npos;
  };
}

/// Files from opening to the last record.
Work program() {
  return [](size_t count) {
    for (size_t i = 0; i < count; ++i) {
      for (const char* each : {"xmpp-websocket.pcapng", "sip-rtp.pcapng", "tls13-http1.pcap"}) {
        auto output = report::Output::to_descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC), each);
        if (!run_file(capture_of(each), signatures(), report::make_json_reporter(output))) {
          return false;
        }
      }
    }
    return true;
  };
}

// ---- the table ---------------------------------------------------------------------------------

struct Stage {
  const char* name;
  size_t count;  // so many that an operation's figure no longer depends on it
  const char* operation;
  std::function<Work()> prepare;
};

const std::vector<Stage>& stages() {
  static const std::vector<Stage> kStages = {
      {"reader", 100'000, "a packet of a pcap file", reader},
      {"decoder", 20'000, "a packet of 174 octets, its checksums verified", decoder},
      {"flow-table", 50'000, "a packet of one of 1000 flows", flow_table},
      {"tcp-stream", 20'000, "a segment of 1400 octets, in order", tcp_stream},
      {"scan-head", 200, "the first 4096 octets of a stream, noise", scan_head},
      {"scan-datagram", 500, "a datagram of 1400 octets, noise", scan_datagram},
      {"websocket", 100, "a handshake and 20 messages",
       [] { return conversation(websocket_talk()); }},
      {"http", 200, "an exchange of 20 kB", [] { return conversation(http_talk(20'000)); }},
      {"tls-hello", 500, "the hellos of both sides", [] { return conversation(tls_talk()); }},
      {"tls-record", 500, "a record of TLS 1.3 of 16 KiB, AES-128-GCM", tls_record},
      {"json-record", 1'000, "the record of a flow of XMPP in WebSocket", json_record},
      {"program", 3, "three captures, from file to records", program},
  };
  return kStages;
}

}  // namespace
}  // namespace parlance::bench

// The function whose instructions are counted, by this name.
extern "C" [[gnu::noinline]] bool measured(const parlance::bench::Work& work, size_t count) {
  return work(count);
}

namespace {

int fail(std::string_view stage, std::string_view what) {
  fmt::print(stderr, "parlance_stages: {}: {}\n", stage, what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace parlance::bench;
  if (argc != 3) {
    for (const Stage& each : stages())
      fmt::print("{}\t{}\t{}\n", each.name, each.count, each.operation);
    return argc == 1 ? 0 : 1;
  }
  const std::string_view name = argv[1], number = argv[2];
  size_t count = 0;
  std::from_chars(number.data(), number.data() + number.size(), count);
  for (const Stage& each : stages()) {
    if (name != each.name) continue;
    const Work work = each.prepare();
    const bool warm = work(1);  // memory is there, symbols are bound
    return warm && measured(work, count) ? 0 : fail(name, "the answer is wrong");
  }
  return fail(name, "no such stage");
}
