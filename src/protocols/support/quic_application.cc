#include "protocols/support/quic_application.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/support/quic_stream_part.h"

namespace parlance {
namespace {

constexpr size_t kChannelsAtMost = 16;     // of streams of a protocol that is not known
constexpr size_t kDnsMessage = 2 + 65535;  // RFC 9250 section 4.2: its length, then the message
constexpr size_t kDnsWaitingAtMost = 64;   // streams whose message is not whole yet

/// HTTP/3 (RFC 9114): one channel of messages, each a part of a stream.
class Http3Streams : public QuicApplication {
 public:
  void data(uint64_t stream, Direction direction, Bytes octets, bool last,
            Findings& findings) override {
    const auto kind = last ? QuicStreamPart::Kind::last : QuicStreamPart::Kind::octets;
    hand_on({stream, kind, 0, octets}, direction, findings);
  }
  void gap(uint64_t stream, Direction direction, uint64_t length, Findings& findings) override {
    hand_on({stream, QuicStreamPart::Kind::gap, length, {}}, direction, findings);
  }
  bool listening(const Findings& findings) const override {
    return !channel_ || findings.listening(*channel_);
  }

 private:
  void hand_on(const QuicStreamPart& part, Direction direction, Findings& findings) {
    if (!channel_) channel_ = findings.open_as("http3", Carrier::quic, Unit::message, {});
    write_quic_stream_part(part, message_);
    findings.deliver(*channel_, direction, message_);
  }

  std::optional<ChannelId> channel_;
  std::vector<uint8_t> message_;
};

/// One message or more (of a zone transfer), each with its length before it (RFC 9250 section 4.2).
bool are_whole_messages(Bytes octets) {
  ByteReader reader(octets);
  while (reader.ok() && !reader.at_end()) reader.skip(reader.be16());
  return reader.ok();
}

/// DNS (RFC 9250): a stream a question; the messages, each whole, become one stream as on TCP. What
/// comes of a stream behind a hole is no whole message, and would make the others unreadable.
class DnsStreams : public QuicApplication {
 public:
  void data(uint64_t stream, Direction direction, Bytes octets, bool last,
            Findings& findings) override {
    const Key key{stream, direction};
    auto waiting = waiting_.find(key);
    if (waiting == waiting_.end() && last) return hand_on(octets, direction, findings);
    if (waiting == waiting_.end()) {
      if (waiting_.size() >= kDnsWaitingAtMost) return;
      waiting = waiting_.emplace(key, std::vector<uint8_t>()).first;
    }
    std::vector<uint8_t>& message = waiting->second;
    if (octets.size() > kDnsMessage - message.size()) {
      waiting_.erase(waiting);
      return;
    }
    message.insert(message.end(), octets.begin(), octets.end());
    if (!last) return;
    hand_on(message, direction, findings);
    waiting_.erase(waiting);
  }
  void gap(uint64_t stream, Direction direction, uint64_t, Findings&) override {
    waiting_.erase({stream, direction});
  }
  bool listening(const Findings& findings) const override {
    return !channel_ || findings.listening(*channel_);
  }

 private:
  using Key = std::pair<uint64_t, Direction>;

  void hand_on(Bytes octets, Direction direction, Findings& findings) {
    if (octets.empty() || !are_whole_messages(octets)) return;
    if (!channel_) channel_ = findings.open_as("dns_tcp", Carrier::quic, Unit::bytes, {});
    findings.deliver(*channel_, direction, octets);
  }

  std::map<Key, std::vector<uint8_t>> waiting_;
  std::optional<ChannelId> channel_;
};

/// Any other protocol: what speaks in the first streams is found from their content.
class StreamChannels : public QuicApplication {
 public:
  void data(uint64_t stream, Direction direction, Bytes octets, bool,
            Findings& findings) override {
    const auto channel = channel_of(stream, findings);
    if (channel && !octets.empty()) findings.deliver(*channel, direction, octets);
  }
  void gap(uint64_t stream, Direction direction, uint64_t length, Findings& findings) override {
    if (const auto channel = channel_of(stream, findings)) {
      findings.deliver_gap(*channel, direction, length);
    }
  }
  bool listening(const Findings& findings) const override {
    return channels_.size() < kChannelsAtMost || any_listens(findings);
  }

 private:
  std::optional<ChannelId> channel_of(uint64_t stream, Findings& findings) {
    const auto known = channels_.find(stream);
    if (known != channels_.end()) return known->second;
    if (channels_.size() >= kChannelsAtMost) return std::nullopt;
    return channels_.emplace(stream, findings.open(Carrier::quic, Unit::bytes)).first->second;
  }
  bool any_listens(const Findings& findings) const {
    return std::any_of(channels_.begin(), channels_.end(),
                       [&](const auto& each) { return findings.listening(each.second); });
  }

  std::map<uint64_t, ChannelId> channels_;
};

/// "h3", and with a number the drafts.
bool is_http3(std::string_view alpn) {
  return alpn == "h3" || alpn.substr(0, 3) == "h3-";
}
bool is_dns(std::string_view alpn) {
  return alpn == "doq" || alpn.substr(0, 4) == "doq-";
}

}  // namespace

std::unique_ptr<QuicApplication> make_quic_application(std::string_view alpn) {
  if (is_http3(alpn)) return std::make_unique<Http3Streams>();
  if (is_dns(alpn)) return std::make_unique<DnsStreams>();
  return std::make_unique<StreamChannels>();
}

}  // namespace parlance
