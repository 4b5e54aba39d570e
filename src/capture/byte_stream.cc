#include "capture/byte_stream.h"

#include <fcntl.h>
#include <lz4frame.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace parlance::capture {
namespace {

constexpr size_t kBlock = 256 * 1024;
// For more of a pipe or of a growing file: the first wait of a silence, the second, all others. The first
// tells a pause from a writer at work, both together one that lasts.
constexpr std::array<int, 3> kWaitMilliseconds = {3, 9, 50};

std::string reason() { return std::strerror(errno); }

/// A file descriptor, with the octets that were read to find out what it holds put back in front.
class PlainStream final : public ByteStream {
 public:
  PlainStream(int descriptor, std::string path, bool follow)
      : descriptor_(descriptor), path_(std::move(path)), follow_(follow) {
    struct stat status {};
    regular_ = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  }
  ~PlainStream() override {
    if (descriptor_ > 0) close(descriptor_);
  }

  Result<size_t> read(std::span<uint8_t> room) override {
    if (!front_.empty()) {
      const size_t count = std::min(front_.size(), room.size());
      std::copy_n(front_.begin(), count, room.begin());
      front_.erase(front_.begin(), front_.begin() + static_cast<ptrdiff_t>(count));
      return count;
    }
    // A pipe is waited for here, not in read(), so that whoever reads can look up from time to time.
    if (!regular_ && !wait(descriptor_)) return size_t{0};
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, room.data(), room.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return failure(path_, "it cannot be read: " + reason());
    at_end_ = got == 0 && !(regular_ && follow_);
    if (got > 0) waits_ = 0;
    if (got == 0 && !at_end_) wait(-1);
    return static_cast<size_t>(got);
  }
  bool at_end() const override { return at_end_; }
  bool may_pause() const override { return !regular_ || follow_; }

  /// The first octets, up to `count`; they will be read again.
  Result<Bytes> peek(size_t count) {
    std::vector<uint8_t> first(count);
    size_t have = 0;
    while (have < count) {
      const auto got = read(std::span(first).subspan(have));
      if (!got) return tl::make_unexpected(got.error());
      if (*got == 0 && at_end_) break;
      if (interrupted_) return failure(path_, "the wait for its first octets was interrupted");
      have += *got;
    }
    first.resize(have);
    front_ = std::move(first);
    return Bytes(front_);
  }

 private:
  /// False if the time was over or a signal came first; -1 waits for nothing but these.
  bool wait(int descriptor) {
    pollfd waited{descriptor, POLLIN, 0};
    const int ready = poll(&waited, 1, kWaitMilliseconds[std::min<size_t>(waits_, 2)]);
    if (ready == 0) ++waits_;
    interrupted_ = ready < 0;
    return ready > 0;
  }

  int descriptor_;
  std::string path_;
  bool follow_;
  bool regular_ = false;
  bool at_end_ = false;
  bool interrupted_ = false;
  size_t waits_ = 0;  ///< that were in vain since octets came last
  std::vector<uint8_t> front_;
};

/// What the three decompressors share: a block of compressed octets that is filled when it is used up.
class Decompressor : public ByteStream {
 public:
  Decompressor(std::unique_ptr<ByteStream> from, std::string path)
      : from_(std::move(from)), path_(std::move(path)), block_(kBlock) {}

  Result<size_t> read(std::span<uint8_t> room) override {
    for (;;) {
      if (input_.empty()) {
        // A full room may have left octets behind in the decompressor.
        if (!is_complete()) {
          const auto left = decompress(room);
          if (!left || *left > 0) return left;
        }
        const auto got = from_->read(block_);
        if (!got) return got;
        if (*got == 0) return nothing_came();
        input_ = Bytes(block_).first(*got);
      }
      const auto made = decompress(room);
      if (!made || *made > 0) return made;
    }
  }
  bool at_end() const final { return from_->at_end(); }
  bool may_pause() const final { return from_->may_pause(); }

 protected:
  /// Turns some of input_ into octets at the front of `room`, and takes it away from input_.
  virtual Result<size_t> decompress(std::span<uint8_t> room) = 0;
  /// True between two members, where the file may end.
  virtual bool is_complete() const = 0;

  Result<size_t> broken() const {
    return failure(path_, "the compressed data is damaged", "what could be decompressed was read");
  }
  Bytes input_;

 private:
  Result<size_t> nothing_came() const {
    if (is_complete() || !from_->at_end()) return size_t{0};
    return failure(path_, "the compressed data is cut short", "what could be decompressed was read");
  }

  std::unique_ptr<ByteStream> from_;
  std::string path_;
  std::vector<uint8_t> block_;
};

class GzipStream final : public Decompressor {
 public:
  using Decompressor::Decompressor;
  ~GzipStream() override { inflateEnd(&state_); }

 protected:
  Result<size_t> decompress(std::span<uint8_t> room) override {
    constexpr int kGzipOnly = 15 + 16;
    if (complete_) {
      inflateEnd(&state_);
      state_ = {};
      if (inflateInit2(&state_, kGzipOnly) != Z_OK) return broken();
      complete_ = false;
    }
    state_.next_in = const_cast<Bytef*>(input_.data());
    state_.avail_in = static_cast<uInt>(input_.size());
    state_.next_out = room.data();
    state_.avail_out = static_cast<uInt>(std::min<size_t>(room.size(), UINT32_MAX));
    const size_t offered = state_.avail_out;
    const int status = inflate(&state_, Z_NO_FLUSH);
    input_ = input_.last(state_.avail_in);
    const size_t made = offered - state_.avail_out;
    const bool fine = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
    if (!fine && made == 0) return broken();  // otherwise the next call fails again
    complete_ = status == Z_STREAM_END;
    return made;
  }
  bool is_complete() const override { return complete_; }

 private:
  z_stream state_{};
  bool complete_ = true;
};

class ZstdStream final : public Decompressor {
 public:
  using Decompressor::Decompressor;
  ~ZstdStream() override { ZSTD_freeDStream(state_); }

 protected:
  Result<size_t> decompress(std::span<uint8_t> room) override {
    ZSTD_inBuffer in{input_.data(), input_.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const size_t status = ZSTD_decompressStream(state_, &out, &in);
    if (ZSTD_isError(status) != 0) return broken();
    input_ = input_.subspan(in.pos);
    complete_ = status == 0;
    return out.pos;
  }
  bool is_complete() const override { return complete_; }

 private:
  ZSTD_DStream* state_ = ZSTD_createDStream();
  bool complete_ = true;
};

class Lz4Stream final : public Decompressor {
 public:
  Lz4Stream(std::unique_ptr<ByteStream> from, std::string path)
      : Decompressor(std::move(from), std::move(path)) {
    LZ4F_createDecompressionContext(&state_, LZ4F_VERSION);
  }
  ~Lz4Stream() override { LZ4F_freeDecompressionContext(state_); }

 protected:
  Result<size_t> decompress(std::span<uint8_t> room) override {
    size_t made = room.size(), used = input_.size();
    const size_t status =
        LZ4F_decompress(state_, room.data(), &made, input_.data(), &used, nullptr);
    if (LZ4F_isError(status) != 0) return broken();
    input_ = input_.subspan(used);
    complete_ = status == 0;
    return made;
  }
  bool is_complete() const override { return complete_; }

 private:
  LZ4F_dctx* state_ = nullptr;
  bool complete_ = true;
};

bool begins_with(Bytes octets, std::initializer_list<uint8_t> magic) {
  return octets.size() >= magic.size() && std::equal(magic.begin(), magic.end(), octets.begin());
}

Result<int> open_descriptor(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return failure(path, "this is a folder", "give the captures in it");
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failure(path, "it cannot be opened: " + reason());
  return descriptor;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path, bool follow) {
  const auto descriptor = open_descriptor(path);
  if (!descriptor) return tl::make_unexpected(descriptor.error());
  auto plain = std::make_unique<PlainStream>(*descriptor, path, follow);
  const auto magic = plain->peek(4);
  if (!magic) return tl::make_unexpected(magic.error());
  std::unique_ptr<ByteStream> stream;
  if (begins_with(*magic, {0x1f, 0x8b})) {
    stream = std::make_unique<GzipStream>(std::move(plain), path);
  } else if (begins_with(*magic, {0x28, 0xb5, 0x2f, 0xfd})) {
    stream = std::make_unique<ZstdStream>(std::move(plain), path);
  } else if (begins_with(*magic, {0x04, 0x22, 0x4d, 0x18})) {
    stream = std::make_unique<Lz4Stream>(std::move(plain), path);
  } else {
    stream = std::move(plain);
  }
  return stream;
}

}  // namespace parlance::capture
