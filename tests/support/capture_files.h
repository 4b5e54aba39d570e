// Whole captures in memory: read, and written in every form that there is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace parlance::test {

/// One packet, owned.
struct Frame {
  int64_t nanoseconds = 0;
  int link_type = 1;
  uint32_t original_length = 0;
  std::string octets;
};
using Frames = std::vector<Frame>;

/// What could be read of a capture.
Frames read_frames(const std::string& path);

/// A form of capture file. pcap has one link type a file: that of the first frame.
struct FileForm {
  bool pcapng = false;
  bool big_endian = false;
  bool nanoseconds = false;
  bool modified = false;  ///< pcap with the longer record headers
};
void write_frames(const std::string& path, const Frames& frames, const FileForm& form = {});

}  // namespace parlance::test
