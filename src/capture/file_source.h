// Packets of a capture file, or of standard input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "capture/byte_stream.h"
#include "capture/format.h"
#include "capture/source.h"

namespace parlance::capture {

/// Reads pcap and pcapng, plain or compressed, in large blocks; packets are views into them.
class FileSource final : public PacketSource {
 public:
  /// Opens a file ("-": standard input). An error means that it cannot be opened or is no capture.
  /// `index` becomes RawPacket::source. With `follow` the end of a regular file is not the end: more
  /// is waited for. Waits for the first octets of a pipe; next() never waits long for others.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path, uint32_t index,
                                                  const Limits& limits, bool follow);

  Next next(std::span<RawPacket> batch, size_t& count) override;

  /// Octets used up so far (of the decompressed file), for showing progress.
  uint64_t position() const { return offset_; }
  /// False for a file that does not grow: it is never idle.
  bool may_pause() const { return stream_->may_pause(); }
  /// Secrets met so far, in order. A batch ends where one was met (it may then be empty), so that who
  /// looks after each batch knows it before the packets behind it.
  const std::vector<Secret>& secrets() const { return format_->secrets(); }
  bool may_have_secrets() const { return format_->may_have_secrets(); }
  /// From now on there are no packets: only the secrets are wanted.
  void pass_over_packets() { format_->pass_over_packets(); }

 private:
  enum class Filled { more, nothing, end, failed };

  FileSource(std::string path, uint32_t index, const Limits& limits);
  Bytes at_hand() const { return Bytes(buffer_.get(), size_).subspan(begin_, end_ - begin_); }
  Filled fill(size_t wanted);
  Next damage(std::string what);

  std::string path_;
  uint32_t index_;
  const Limits& limits_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<Format> format_;
  std::unique_ptr<uint8_t[]> buffer_;  ///< large, so left unwritten until it is used
  size_t size_ = 0;
  size_t begin_ = 0, end_ = 0;   ///< of the octets at hand in buffer_
  size_t wanted_ = 0;            ///< octets needed to go on; 0: look at once
  uint64_t offset_ = 0;          ///< in the (decompressed) file of begin_
  uint64_t packets_ = 0;
  size_t secrets_shown_ = 0;
};

/// Folders replaced by the files in them, in the order of their names. Files in folders that are no
/// captures are left out. An error names what cannot be read.
Result<std::vector<std::string>> expand_inputs(const std::vector<std::string>& paths);

}  // namespace parlance::capture
