#include "protocols/support/switching_parser.h"

#include <string>
#include <utility>

namespace parlance {

void hand_over(InputBuffer& of_client, InputBuffer& of_server, ChannelId inner,
               Findings& findings) {
  const auto deliver = [&](Direction direction, InputBuffer& input) {
    if (input.kept() > 0) findings.deliver(inner, direction, input.octets());
    input.consume(input.kept());
  };
  deliver(Direction::to_server, of_client);
  deliver(Direction::to_client, of_server);
}

void SwitchingParser::data(Direction direction, Bytes octets, Findings& findings) {
  if (over_) return;
  if (!inner_) {
    read_opening(direction, octets, findings);
    return hand_over_kept(findings);
  }
  findings.deliver(*inner_, direction, octets);
  if (!findings.listening(*inner_)) leave({}, findings);
}

void SwitchingParser::gap(Direction direction, uint64_t length, Findings& findings) {
  if (!inner_) return leave("octets are missing in the opening", findings);
  findings.deliver_gap(*inner_, direction, length);
}

void SwitchingParser::end(Direction direction, Findings& findings) {
  if (!reading()) return;
  end_opening(direction, findings);
  hand_over_kept(findings);
}

void SwitchingParser::confirm(Strength strength, std::string_view what, const Place& place,
                              Sentence text, Findings& findings) {
  confirmed_ = true;
  findings.confirm(strength, what, place, std::move(text));
}

void SwitchingParser::leave(std::string_view reason, Findings& findings) {
  if (over_) return;
  over_ = true;
  if (confirmed_) {
    findings.finish();
  } else {
    findings.refute(reason);
  }
}

void SwitchingParser::switch_to_tls(std::string_view protocol, Findings& findings) {
  findings.note("starttls.protocol", std::string(protocol));
  inner_ = findings.open_as("tls", Carrier::tcp, Unit::bytes, {});
}

void SwitchingParser::switch_to_connection(Findings& findings) {
  inner_ = findings.open(Carrier::tcp, Unit::bytes);
}

void SwitchingParser::hand_over_kept(Findings& findings) {
  if (inner_) hand_over(inputs_[0], inputs_[1], *inner_, findings);
}

}  // namespace parlance
