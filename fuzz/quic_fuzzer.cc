// What stands in opened QUIC packets: frames, streams of them put together, and what reads the streams.
// Without keys no other harness comes so far.
//
// Input: an octet that picks the protocol, then packets: a control octet (bit 0 the direction, bit 1 the
// connection ends), two octets of length, the frames.
#include <algorithm>
#include <cstdint>

#include "base/byte_reader.h"
#include "careless_findings.h"
#include "harness.h"
#include "protocols/support/quic_streams.h"

namespace parlance::fuzz {
namespace {

/// Hands the messages of HTTP/3 on to its parser.
class QuicFindings : public CarelessFindings {
 public:
  ChannelId open_as(std::string_view parser, Carrier carrier, Unit unit,
                    Parameters parameters) override {
    if (parser == "http3") parser_ = find_parser(parser)->make({carrier, unit, true, false, nullptr});
    return CarelessFindings::open_as(parser, carrier, unit, std::move(parameters));
  }
  void deliver(ChannelId id, Direction direction, Bytes octets) override {
    CarelessFindings::deliver(id, direction, octets);
    if (parser_ && !inside_.over) parser_->data(direction, octets, inside_);
  }

 private:
  std::unique_ptr<Parser> parser_;
  CarelessFindings inside_;
};

}  // namespace

void run_quic(Bytes input) {
  ByteReader reader(input);
  constexpr std::string_view kProtocols[] = {"h3", "doq", "mqtt"};
  const auto application = make_quic_application(kProtocols[reader.u8() % 3]);
  QuicStreams streams;
  QuicFindings findings;
  while (!reader.at_end()) {
    const uint8_t control = reader.u8();
    const size_t length = std::min<size_t>(reader.be16(), reader.remaining());
    QuicFrameReader frames(reader.bytes(length));
    while (const auto frame = frames.next()) {
      if (frame->type != QuicFrameType::stream && frame->type != QuicFrameType::reset_stream) continue;
      streams.add(*frame, static_cast<Direction>(control & 1), *application, findings);
    }
    if ((control & 2) != 0) streams.flush(*application, findings);
  }
}

}  // namespace parlance::fuzz
