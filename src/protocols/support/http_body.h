// The body of an HTTP/1.x message: where it ends (RFC 9112 section 6) and, if wanted, what it says.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace parlance {

/// Reads a body octet run by octet run. Nothing is looked at that need not be: a body of known
/// length that nobody wants costs a subtraction a portion.
class HttpBody {
 public:
  enum class Framing : uint8_t { none, length, chunked, until_close };

  /// Begins a body. Of a wanted body the first `keep` octets are kept.
  void start(Framing framing, uint64_t length, size_t keep);
  /// Uses up what belongs to the body at the front of `octets` and returns how many that were.
  size_t read(Bytes octets);
  /// The body's last octet was read (never so for until_close).
  bool done() const { return state_ == State::done; }
  /// The chunks are not chunks.
  bool damaged() const { return state_ == State::damaged; }
  bool until_close() const { return state_ == State::until_close; }
  /// Passes over missing octets if all of them were data of this body; the body is no longer
  /// wanted.
  bool skip(uint64_t length);
  /// Nobody wants it any more.
  void unwant() {
    wanted_ = false;
    kept_.clear();
  }
  bool wanted() const { return wanted_; }
  /// Octets that come next of which nothing is looked at, but for the last, which may end something.
  uint64_t unwanted() const {
    const bool is_data = state_ == State::length || state_ == State::chunk_data;
    return is_data && !wanted_ && left_ > 0 ? left_ - 1 : 0;
  }
  Bytes kept() const { return kept_; }

 private:
  enum class State : uint8_t {
    done,
    length,
    until_close,
    chunk_size,
    chunk_extension,
    chunk_data,
    chunk_end,
    trailer,
    damaged
  };
  size_t read_data(Bytes octets, State next);
  void read_chunk_octet(uint8_t octet);
  void read_size_octet(uint8_t octet);
  void end_size_line();

  State state_ = State::done;
  uint64_t left_ = 0;        // octets of the body or of the chunk
  uint32_t digits_ = 0;      // of the chunk size
  size_t line_octets_ = 0;   // of the trailer line being read
  size_t extra_octets_ = 0;  // of extensions and trailers together
  size_t keep_ = 0;
  bool wanted_ = false;
  std::vector<uint8_t> kept_;
};

/// What a Content-Encoding names (RFC 9110 section 8.4.1).
enum class HttpCoding : uint8_t { identity, gzip, deflate, unknown };
/// Of the field's value, which may be empty.
HttpCoding http_coding_of(std::string_view value);
/// `kept` decoded, at most `limit` octets of it; empty if the coding is unknown or the octets are
/// damaged from the start.
std::vector<uint8_t> decode_content(Bytes kept, HttpCoding coding, size_t limit);

}  // namespace parlance
