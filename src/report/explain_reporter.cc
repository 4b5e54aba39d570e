// One flow in full: who, what, the tree of channels, every piece of evidence, what was ruled out.
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "report/format.h"
#include "report/reporter.h"
#include "report/text_style.h"

namespace parlance::report {
namespace {

std::string_view explained(DirectionBasis basis) {
  switch (basis) {
    case DirectionBasis::syn:
      return "its SYN was seen";
    case DirectionBasis::syn_ack:
      return "the server's SYN-ACK was seen";
    case DirectionBasis::payload:
      return "what was said shows it";
    case DirectionBasis::port:
      return "a guess from the ports";
    case DirectionBasis::first_sender:
      break;
  }
  return "it sent the first packet seen";
}

std::string_view explained(EndReason reason) {
  switch (reason) {
    case EndReason::fin:
      return "closed by both sides";
    case EndReason::rst:
      return "broken off by a RST";
    case EndReason::timeout:
      return "ended by silence";
    case EndReason::replaced:
      return "ended because a new flow began between the same ports";
    case EndReason::evicted:
      return "ended early to make room; more might have been found";
    case EndReason::end:
      break;
  }
  return "the input ended";
}

std::string_view arrow_to(Direction direction) {
  return direction == Direction::to_server ? "client to server" : "server to client";
}

/// "1a 2b 3c".
std::string spaced_hex(Bytes octets) {
  std::string text;
  for (const uint8_t octet : octets) {
    fmt::format_to(std::back_inserter(text), "{}{:02x}", text.empty() ? "" : " ", octet);
  }
  return text;
}

std::string value_text(const NoteValue& value) {
  struct Words {
    std::string operator()(bool known) const { return known ? "yes" : "no"; }
    std::string operator()(int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return to_terminal(text); }
    std::string operator()(const std::vector<std::string>& list) const {
      std::string text;
      for (const std::string& each : list) text += (text.empty() ? "" : ", ") + to_terminal(each);
      return text;
    }
  };
  return std::visit(Words{}, value);
}

class ExplainReporter final : public Reporter {
 public:
  ExplainReporter(Output& output, bool colour) : output_(output), colour_(colour) {}

  Result<void> flow(const FlowRecord& record) override {
    if (!first_) line("");
    first_ = false;
    write_head(record);
    write_label(record.verdict);
    write_streams(record);
    write_channels(record.verdict);
    write_evidence(record.verdict);
    write_notes(record.notes);
    return output_.good();
  }
  Result<void> finish(const Totals&) override { return output_.flush(); }

 private:
  void line(const std::string& text) { output_.write(text + '\n'); }
  void title(std::string_view text) {
    line(colour_ ? styled(text, Style::bold) : std::string(text));
  }
  template <class... Arguments>
  void entry(std::string_view name, fmt::format_string<Arguments...> format,
             Arguments&&... arguments) {
    line(fmt::format("  {:<9} ", name) +
         fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  void write_head(const FlowRecord& record) {
    const bool tcp = record.transport == Transport::tcp;
    title(fmt::format("flow {}: {} {} → {}", record.flow_id, tcp ? "TCP" : "UDP",
                      to_text(record.client), to_text(record.server)));
    entry("client", "{}", explained(record.direction_basis));
    if (!record.file.empty()) {
      entry("from", "{}, frames {} to {}", to_terminal(record.file), record.first_frame,
            record.last_frame);
    }
    if (!record.interface.empty()) entry("from", "{}", to_terminal(record.interface));
    entry("time", "{} to {}", to_rfc3339(record.start), to_rfc3339(record.end));
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
      const DirectionCounters& sent = record.sent(direction);
      entry(direction == Direction::to_server ? "sent" : "answered", "{}, {}, {} of it payload",
            to_counted(sent.packets, "packet"), to_size(sent.octets), to_size(sent.payload_octets));
    }
    entry("state", "{}; {}", name_of(record.state), explained(record.reason));
    if (!record.community_id.empty()) entry("community", "{}", record.community_id.view());
  }

  void write_label(const Verdict& verdict) {
    std::string stack;
    for (const std::string_view each : verdict.stack) {
      stack += (stack.empty() ? "" : " / ") + to_terminal(each);
    }
    entry("stack", "{}", stack);
    if (verdict.strength == Strength::none) {
      entry("label", "unknown");
    } else {
      entry("label", "{} (class {}), {}", to_terminal(verdict.protocol),
            name_of(verdict.protocol_class), name_of(verdict.strength));
    }
    if (!verdict.app) return;
    entry("app", "{}, {} by {}", to_terminal(verdict.app->name), name_of(verdict.app->strength),
          name_of(verdict.app->basis));
  }

  void write_streams(const FlowRecord& record) {
    if (record.transport != Transport::tcp) return;
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
      const StreamFacts& stream = record.streams[index(direction)];
      std::string text;
      const auto say = [&text](const std::string& what) {
        text += (text.empty() ? "" : ", ") + what;
      };
      if (stream.midstream) say("its beginning was not captured");
      if (stream.gaps > 0) {
        say(fmt::format("{} of {} altogether", to_counted(stream.gaps, "gap"),
                        to_size(stream.gap_octets)));
      }
      if (stream.truncated) say("packets were cut short by the capture");
      if (stream.overlap_conflicts > 0) {
        say(to_counted(stream.overlap_conflicts, "repetition") + " that disagreed");
      }
      if (!text.empty()) entry("stream", "{}: {}", arrow_to(direction), text);
    }
    if (record.stray_resets > 0) {
      entry("resets", "{} not believed", to_grouped(record.stray_resets));
    }
  }

  void write_channels(const Verdict& verdict) {
    if (verdict.channels.empty()) return;
    line("channels");
    for (const ChannelSummary& channel : verdict.channels) {
      write_channel(channel, depth_of(verdict, channel));
    }
  }

  /// Parents come before their children, so this ends; depth is bounded by Limits::channel_depth.
  static size_t depth_of(const Verdict& verdict, const ChannelSummary& channel) {
    size_t depth = 0;
    const ChannelSummary* above = &channel;
    while (above->parent && *above->parent < above->id &&
           *above->parent < verdict.channels.size()) {
      above = &verdict.channels[*above->parent];
      ++depth;
    }
    return depth;
  }

  void write_channel(const ChannelSummary& channel, size_t depth) {
    const std::string indent(2 + depth * 3, ' ');
    std::string speaks;
    for (const FoundProtocol& found : channel.found) {
      speaks += fmt::format("{}{} ({})", speaks.empty() ? "" : ", ", to_terminal(found.name),
                            name_of(found.strength));
    }
    if (speaks.empty()) speaks = "unknown";
    const std::string_view carrier =
        channel.opened_by.empty() ? name_of(channel.carrier) : channel.opened_by;
    line(fmt::format("{}{}#{} in {}: {}; {}", indent, depth == 0 ? "" : "└─ ", channel.id,
                     to_terminal(carrier), speaks, amounts(channel)));
    for (const RuledOut& each : channel.ruled_out) {
      line(fmt::format("{}     not {}: {}", indent, to_terminal(each.protocol),
                       to_terminal(each.reason)));
    }
  }

  static std::string amounts(const ChannelSummary& channel) {
    std::string text =
        fmt::format("{} up, {} down", to_size(channel.octets[0]), to_size(channel.octets[1]));
    if (channel.messages[0] + channel.messages[1] > 0) {
      text += fmt::format(" in {} + {} messages", channel.messages[0], channel.messages[1]);
    }
    if (channel.gaps[0] + channel.gaps[1] > 0) {
      text += fmt::format(", {}", to_counted(uint64_t{channel.gaps[0]} + channel.gaps[1], "gap"));
    }
    return text;
  }

  void write_evidence(const Verdict& verdict) {
    line(verdict.evidence.empty() ? "no evidence" : "evidence");
    size_t number = 0;
    for (const Evidence& each : verdict.evidence) write_piece(++number, each);
  }

  void write_piece(size_t number, const Evidence& evidence) {
    line(fmt::format("  {}. {} for {}, by {}: {} (revision {})", number, name_of(evidence.strength),
                     to_terminal(evidence.supports), name_of(evidence.basis),
                     to_terminal(evidence.rule()), evidence.revision));
    if (!evidence.text.empty()) line("     " + to_terminal(evidence.text));
    std::string place = evidence.frame > 0 ? fmt::format("frame {}", evidence.frame) : "";
    if (evidence.length > 0) {
      place += fmt::format("{}{}, {} at offset {} of channel #{} ({})", place.empty() ? "" : ", ",
                           arrow_to(evidence.direction), to_counted(evidence.length, "octet"),
                           evidence.offset, evidence.channel, to_terminal(evidence.layer));
    }
    if (!place.empty()) line("     " + place);
    if (evidence.excerpt.empty()) return;
    line("     " + spaced_hex(evidence.excerpt));
    line("     \"" + to_printable(evidence.excerpt) + '"');
  }

  void write_notes(const std::vector<Note>& notes) {
    if (notes.empty()) return;
    line("read by parsers");
    for (const Note& note : notes) {
      line(fmt::format("  {} = {}", note.key, value_text(note.value)));
    }
  }

  Output& output_;
  bool colour_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_explain_reporter(Output& output, bool colour) {
  return std::make_unique<ExplainReporter>(output, colour);
}

}  // namespace parlance::report
