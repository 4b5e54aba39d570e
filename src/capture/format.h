// The capture file formats, each as a parser of the octets at hand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "model/packet.h"

namespace parlance::capture {

/// What the front of the octets at hand turned out to be.
enum class Step {
  packet,     ///< a packet; `used` octets were used up
  passed,     ///< something else; `used` octets were used up
  need_more,  ///< `used` octets are needed to go on
  damaged,    ///< `problem` says what is wrong
};

/// Secrets that a capture carries (pcapng Decryption Secrets Blocks, key log lines in a section's
/// comment), kept for decryption.
struct Secret {
  uint32_t type = 0;  ///< as in the block; 0x544c534b for a TLS key log
  std::string data;
};
constexpr uint32_t kTlsKeyLog = 0x544c534b;

class Format {
 public:
  virtual ~Format() = default;
  /// Looks at the front of `octets`. A packet's octets are a view into them.
  virtual Step step(Bytes octets, RawPacket& packet, size_t& used) = 0;
  const std::string& problem() const { return problem_; }
  const std::vector<Secret>& secrets() const { return secrets_; }
  /// The format has a place for secrets.
  virtual bool may_have_secrets() const { return false; }
  /// From now on packets are passed over like all else that is none: only the secrets are wanted.
  virtual void pass_over_packets() {}

 protected:
  Step damaged(std::string problem) {
    problem_ = std::move(problem);
    return Step::damaged;
  }
  std::string problem_;
  std::vector<Secret> secrets_;
};

/// The parser for what begins with these octets (24 of them, or all there are), or nullptr if they are
/// no capture.
std::unique_ptr<Format> format_of(Bytes beginning, const Limits& limits);
std::unique_ptr<Format> pcap_format(Bytes beginning, const Limits& limits);
std::unique_ptr<Format> pcapng_format(Bytes beginning, const Limits& limits);
std::unique_ptr<Format> other_format(Bytes beginning, const Limits& limits);

}  // namespace parlance::capture
